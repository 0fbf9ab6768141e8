"""Gates that two people change, releases at a moment, emergencies, ends that are told ahead, inherited texts."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from audits.ledger.triggers import protect


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0002_history_only_grows'),
        ('registry', '0012_comments_and_watches'),
        ('releases', '0004_gates_ask_for_the_standard'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AdoptedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('outcome', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('recertify_by', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'Waits for the second person'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], default='open', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Emergency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', 'Waits for the second person'), ('active', 'In force'), ('ended', 'Over'), ('refused', 'Refused')], default='asked', max_length=10)),
                ('reason', models.TextField()),
                ('hours', models.PositiveSmallIntegerField()),
                ('review_hours', models.PositiveSmallIntegerField()),
                ('asked_role', models.CharField(max_length=40)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_role', models.CharField(blank=True, max_length=40)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('verdict', models.JSONField(default=dict)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('review_due_at', models.DateTimeField(blank=True, null=True)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, max_length=20)),
                ('review', models.TextField(blank=True)),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'emergencies',
            },
        ),
        migrations.CreateModel(
            name='GateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('risk_tier', models.CharField(blank=True, choices=[('minimal', 'Minimal risk'), ('limited', 'Limited risk'), ('high', 'High risk')], max_length=10)),
                ('kind', models.CharField(choices=[('gate', 'What the gate asks'), ('suite', 'What a suite must reach'), ('removal', 'A suite less')], max_length=10)),
                ('about', models.CharField(help_text='Of two open changes about the same, one is too many.', max_length=60)),
                ('demands', models.JSONField(default=dict)),
                ('based_on', models.PositiveIntegerField(default=0)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('open', 'Waits'), ('confirmed', 'Confirmed'), ('refused', 'Refused')], default='open', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decision_reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='ScheduledRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField()),
                ('zone', models.CharField(default='UTC', max_length=60)),
                ('reason', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('released', 'Released'), ('stopped', 'Did not happen'), ('cancelled', 'Cancelled')], default='waiting', max_length=12)),
                ('scheduled_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by_name', models.CharField(blank=True, max_length=255)),
                ('outcome', models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='emergency_hours',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='emergency_roles',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='overdue_inherited',
            field=models.CharField(choices=[('warn', 'Say so'), ('freeze', 'Freeze the prompt')], default='warn', max_length=10),
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='requires_settled_comments',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='review_hours',
            field=models.PositiveSmallIntegerField(default=72),
        ),
        migrations.AddField(
            model_name='gatepolicy',
            name='shut_by_findings',
            field=models.CharField(blank=True, choices=[('', 'Findings do not shut it'), ('critical', 'Critical'), ('high', 'High or worse'), ('medium', 'Medium or worse'), ('low', 'Any')], max_length=10),
        ),
        migrations.AddField(
            model_name='gatesuite',
            name='allows_recorded',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='gatesuite',
            name='cases_digest',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='gatesuite',
            name='least_cases',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='gatesuite',
            name='pinned_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='gatesuite',
            name='providers',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='emergency_hours',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='emergency_roles',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='overdue_inherited',
            field=models.CharField(choices=[('warn', 'Say so'), ('freeze', 'Freeze the prompt')], default='warn', max_length=10),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='requires_settled_comments',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='review_hours',
            field=models.PositiveSmallIntegerField(default=72),
        ),
        migrations.AddField(
            model_name='historicalgatepolicy',
            name='shut_by_findings',
            field=models.CharField(blank=True, choices=[('', 'Findings do not shut it'), ('critical', 'Critical'), ('high', 'High or worse'), ('medium', 'Medium or worse'), ('low', 'Any')], max_length=10),
        ),
        migrations.AddField(
            model_name='historicalgatesuite',
            name='allows_recorded',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='historicalgatesuite',
            name='cases_digest',
            field=models.CharField(default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='historicalgatesuite',
            name='least_cases',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='historicalgatesuite',
            name='pinned_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='historicalgatesuite',
            name='providers',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='release',
            name='is_emergency',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='release',
            name='overdue_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='release',
            name='recertify_by',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='retirement',
            name='ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='release',
            index=models.Index(condition=models.Q(('inherited', True)), fields=['recertify_by'], name='releases_inherited'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('inherited', False), ('recertify_by__isnull', False), _connector='OR'), name='releases_inherited_has_a_date'),
        ),
        migrations.AddField(
            model_name='adoptedtext',
            name='prompt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adopted_texts', to='registry.prompt'),
        ),
        migrations.AddField(
            model_name='adoptedtext',
            name='release',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adopted_text', to='releases.release'),
        ),
        migrations.AddField(
            model_name='adoptedtext',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adopted_texts', to='registry.version'),
        ),
        migrations.AddField(
            model_name='adoption',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='adoptions_decided', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='adoption',
            name='environment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='registry.environment'),
        ),
        migrations.AddField(
            model_name='adoption',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions_proposed', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='adoptedtext',
            name='adoption',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='releases.adoption'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies_asked', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergency',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='emergencies_confirmed', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergency',
            name='environment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to='registry.environment'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='prompt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to='registry.prompt'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='release',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='emergency', to='releases.release'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='emergencies_reviewed', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergency',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to='registry.version'),
        ),
        migrations.AddField(
            model_name='gatechange',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='gatechange',
            name='environment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_changes', to='registry.environment'),
        ),
        migrations.AddField(
            model_name='gatechange',
            name='prompt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gate_changes', to='registry.prompt'),
        ),
        migrations.AddField(
            model_name='gatechange',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposed_gate_changes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='gatechange',
            name='suite',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gate_changes', to='evaluations.suite'),
        ),
        migrations.AddField(
            model_name='scheduledrelease',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_releases', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='scheduledrelease',
            name='environment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_releases', to='registry.environment'),
        ),
        migrations.AddField(
            model_name='scheduledrelease',
            name='prompt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_releases', to='registry.prompt'),
        ),
        migrations.AddField(
            model_name='scheduledrelease',
            name='release',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='schedule', to='releases.release'),
        ),
        migrations.AddField(
            model_name='scheduledrelease',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scheduled_releases', to='registry.version'),
        ),
        migrations.AddIndex(
            model_name='adoption',
            index=models.Index(fields=['state', '-id'], name='releases_adoption_state'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'confirmed', 'refused'])), name='releases_adoption_state_known'),
        ),
        migrations.AddConstraint(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('state', 'confirmed'), _negated=True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='releases_adoption_two_people'),
        ),
        migrations.AddConstraint(
            model_name='adoptedtext',
            constraint=models.UniqueConstraint(fields=('adoption', 'prompt'), name='releases_adopted_once'),
        ),
        migrations.AddIndex(
            model_name='emergency',
            index=models.Index(fields=['state', 'ends_at'], name='releases_emergency_end'),
        ),
        migrations.AddIndex(
            model_name='emergency',
            index=models.Index(condition=models.Q(('reviewed_at__isnull', True)), fields=['review_due_at'], name='releases_emergency_review'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'active'])), fields=('prompt', 'environment'), name='releases_one_emergency'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), models.Q(('confirmed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='releases_emergency_two_people'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by__isnull', True), models.Q(models.Q(('reviewed_by', models.F('asked_by')), _negated=True), models.Q(('reviewed_by', models.F('confirmed_by')), _negated=True)), _connector='OR'), name='releases_emergency_third_person'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('release__isnull', True), ('state__in', ['asked', 'refused'])), models.Q(('ends_at__isnull', False), ('release__isnull', False), ('state__in', ['active', 'ended'])), _connector='OR'), name='releases_emergency_state_known'),
        ),
        migrations.AddConstraint(
            model_name='gatechange',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('environment', 'risk_tier', 'about'), name='releases_one_open_gate_change'),
        ),
        migrations.AddConstraint(
            model_name='gatechange',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'confirmed', 'refused'])), name='releases_gate_change_state_known'),
        ),
        migrations.AddIndex(
            model_name='scheduledrelease',
            index=models.Index(fields=['state', 'due_at'], name='releases_schedule_due'),
        ),
        migrations.AddConstraint(
            model_name='scheduledrelease',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('version', 'environment'), name='releases_one_waiting_schedule'),
        ),
        migrations.AddConstraint(
            model_name='scheduledrelease',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'released', 'stopped', 'cancelled'])), name='releases_schedule_state_known'),
        ),
        # SQLite rebuilt the histories of gates and of their suites, and dropped their triggers.
        *protect("releases_historicalgatepolicy", keys=("history_id",)),
        *protect("releases_historicalgatesuite", keys=("history_id",)),
    ]
