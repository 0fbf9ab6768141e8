"""What a record once looked like is only ever added to."""

from django.db import migrations

from audits.ledger.triggers import protect

TABLES = ("evaluations_historicalcase", "evaluations_historicalprovider", "evaluations_historicalschedule", "evaluations_historicalsuite")


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0001_initial")]
    operations = [step for table in TABLES for step in protect(table, keys=("history_id",))]
