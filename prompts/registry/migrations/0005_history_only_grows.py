"""What a record once looked like is only ever added to."""

from django.db import migrations

from audits.ledger.triggers import protect

TABLES = ("registry_historicalcollection", "registry_historicalenvironment", "registry_historicalprompt")


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_frozen_versions")]
    operations = [step for table in TABLES for step in protect(table, keys=("history_id",))]
