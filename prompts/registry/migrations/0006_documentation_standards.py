"""Sections for data and hazards, and what each risk tier's documentation must hold."""

import audits.adminkit.history
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from audits.ledger.triggers import protect


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0005_history_only_grows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalprompt',
            name='data',
            field=models.TextField(blank=True, help_text='Whose data, of what kind, from where.', verbose_name='data it sees'),
        ),
        migrations.AddField(
            model_name='historicalprompt',
            name='hazards',
            field=models.TextField(blank=True, help_text='What could go wrong, whom it would harm, and what is done.'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='data',
            field=models.TextField(blank=True, help_text='Whose data, of what kind, from where.', verbose_name='data it sees'),
        ),
        migrations.AddField(
            model_name='prompt',
            name='hazards',
            field=models.TextField(blank=True, help_text='What could go wrong, whom it would harm, and what is done.'),
        ),
        migrations.CreateModel(
            name='DocumentationStandard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('risk_tier', models.CharField(choices=[('minimal', 'Minimal risk'), ('limited', 'Limited risk'), ('high', 'High risk')], max_length=10, unique=True)),
                ('sections', models.JSONField(default=list)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('risk_tier__in', ['minimal', 'limited', 'high'])), name='registry_standard_tier_known')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalDocumentationStandard',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_actor', models.CharField(default=audits.adminkit.history.current_name, editable=False, max_length=255)),
                ('risk_tier', models.CharField(choices=[('minimal', 'Minimal risk'), ('limited', 'Limited risk'), ('high', 'High risk')], db_index=True, max_length=10)),
                ('sections', models.JSONField(default=list)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical documentation standard',
                'verbose_name_plural': 'historical documentation standards',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        # SQLite rebuilt the history of prompts and dropped its triggers with it.
        *protect("registry_historicalprompt", keys=("history_id",)),
        *protect("registry_historicaldocumentationstandard", keys=("history_id",)),
    ]
