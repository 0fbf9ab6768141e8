"""Schedules name who judges their runs."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0018_every_case_names_its_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalschedule',
            name='judge',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='evaluations.provider'),
        ),
        migrations.AddField(
            model_name='schedule',
            name='judge',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judged_schedules', to='evaluations.provider'),
        ),
    ]
