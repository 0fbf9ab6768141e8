"""Events are only ever added."""

from django.db import migrations

from audits.ledger.triggers import protect


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [*protect("ledger_event", keys=("id", "uuid"))]
