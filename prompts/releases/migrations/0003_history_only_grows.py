"""What a record once looked like is only ever added to."""

from django.db import migrations

from audits.ledger.triggers import protect

TABLES = ("releases_historicalgatepolicy", "releases_historicalgatesuite")


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_gate_suites")]
    operations = [step for table in TABLES for step in protect(table, keys=("history_id",))]
