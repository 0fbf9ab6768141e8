"""What a record once looked like is only ever added to."""

from django.db import migrations

from audits.ledger.triggers import protect

TABLES = ("identity_historicalserviceaccount", "identity_historicalteam")


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [step for table in TABLES for step in protect(table, keys=("history_id",))]
