"""What a record once looked like is only ever added to."""

from django.db import migrations

from audits.ledger.triggers import protect

TABLES = ("lifecycle_historicalapprovalpolicy",)


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0002_sign_offs_only_grow")]
    operations = [step for table in TABLES for step in protect(table, keys=("history_id",))]
