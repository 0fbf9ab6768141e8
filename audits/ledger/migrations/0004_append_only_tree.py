"""Leaves, nodes and checkpoints are only ever added."""

from django.db import migrations

from audits.ledger.triggers import protect


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_tree")]

    operations = [
        *protect("ledger_leaf", keys=("position", "event_id")),
        *protect("ledger_node", keys=("number",)),
        *protect("ledger_checkpoint"),
    ]
