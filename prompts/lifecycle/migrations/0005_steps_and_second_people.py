"""Policies ask for steps, waiting and stronger proof; they change by two people; sign-offs tell more."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

from audits.ledger.triggers import protect

# SQLite drops the triggers of a table that it rebuilds.
SECOND_KEY = import_module("prompts.lifecycle.migrations.0002_sign_offs_only_grow")


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0004_documentation_signatures'),
        ('registry', '0012_comments_and_watches'),
    ]

    operations = [
        migrations.AddField(
            model_name='approvalpolicy',
            name='authentication',
            field=models.CharField(default='password', max_length=20),
        ),
        migrations.AddField(
            model_name='approvalpolicy',
            name='forms',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='approvalpolicy',
            name='waiting_hours',
            field=models.PositiveIntegerField(default=0, help_text='Hours that pass at least between submission and the approval.'),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='authentication',
            field=models.CharField(default='password', max_length=20),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='forms',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='waiting_hours',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalapprovalpolicy',
            name='authentication',
            field=models.CharField(default='password', max_length=20),
        ),
        migrations.AddField(
            model_name='historicalapprovalpolicy',
            name='forms',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='historicalapprovalpolicy',
            name='waiting_hours',
            field=models.PositiveIntegerField(default=0, help_text='Hours that pass at least between submission and the approval.'),
        ),
        migrations.AddField(
            model_name='signoff',
            name='forms',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='signoff',
            name='role_by',
            field=models.CharField(blank=True, default='', max_length=600),
        ),
        migrations.AddField(
            model_name='signoff',
            name='role_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='signoff',
            name='ties',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='signoff',
            name='zone',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.CreateModel(
            name='PolicyProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('risk_tier', models.CharField(blank=True, choices=[('minimal', 'Minimal risk'), ('limited', 'Limited risk'), ('high', 'High risk')], max_length=10)),
                ('demands_proposed', models.JSONField()),
                ('base_version', models.PositiveIntegerField(default=0)),
                ('reason', models.CharField(max_length=500)),
                ('state', models.CharField(choices=[('open', 'Waits'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], default='open', max_length=10)),
                ('proposed_by', models.CharField(max_length=255)),
                ('proposed_at', models.DateTimeField(auto_now_add=True)),
                ('decided_by', models.CharField(blank=True, max_length=255)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.CharField(blank=True, max_length=500)),
                ('collection', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.collection')),
                ('policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='lifecycle.approvalpolicy')),
            ],
            options={
                'ordering': ['-proposed_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('name',), name='lifecycle_one_open_policy_proposal'), models.CheckConstraint(condition=models.Q(models.Q(('decided_by', ''), ('state', 'open')), models.Q(('state__in', ['confirmed', 'refused']), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='lifecycle_policy_proposal_state_known')],
            },
        ),
        *protect("lifecycle_historicalapprovalpolicy", keys=("history_id",)),
        *protect("lifecycle_signoff"),
        migrations.RunPython(SECOND_KEY.remove, migrations.RunPython.noop),
        migrations.RunPython(SECOND_KEY.install, migrations.RunPython.noop),
    ]
