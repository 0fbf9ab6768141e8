"""A gate can ask for all that the tier's documentation standard asks."""

from django.db import migrations, models

from audits.ledger.triggers import protect


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0003_history_only_grows'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatepolicy',
            name='requires_standard',
            field=models.BooleanField(default=False, help_text="The documentation must be complete by the standard of the prompt's tier."),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='requires_standard',
            field=models.BooleanField(default=False, help_text="The documentation must be complete by the standard of the prompt's tier."),
        ),
        # SQLite rebuilt the history of gates and dropped its triggers with it.
        *protect("releases_historicalgatepolicy", keys=("history_id",)),
    ]
