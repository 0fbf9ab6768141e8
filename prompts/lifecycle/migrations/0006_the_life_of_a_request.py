"""Readings, delegations, reminders; requests that are superseded or opened to certify again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audits.ledger.triggers import PREFIX, protect

# INSERT OR REPLACE also removes a row by colliding with its other unique keys; SQLite fires no DELETE trigger then.
OTHER_KEYS = {
    "lifecycle_signoff_replace_principal": ("lifecycle_signoff", ("request_id", "on_behalf_of_id"), "1 = 1"),
    "lifecycle_reminder_replace_about": (
        "lifecycle_reminder",
        ("request_id", "about"),
        "NEW.about NOT IN ('asked', 'waiting')",
    ),
}


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name, (table, columns, when) in OTHER_KEYS.items():
            same = " AND ".join(f"there.{column} = NEW.{column}" for column in columns)
            schema_editor.execute(
                f"CREATE TRIGGER {PREFIX}{name} BEFORE INSERT ON {table} FOR EACH ROW "
                f"WHEN {when} AND EXISTS (SELECT 1 FROM {table} AS there WHERE {same}) "
                f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END"
            )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in OTHER_KEYS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{name}")


class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0005_steps_and_second_people'),
        ('registry', '0012_comments_and_watches'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('delegator_name', models.CharField(max_length=150)),
                ('delegate_name', models.CharField(max_length=150)),
                ('role', models.CharField(max_length=40)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('signed_at', models.DateTimeField()),
                ('authenticated_by', models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('page', 'The page'), ('diff', 'What changed'), ('failure', 'A failure')], max_length=10)),
                ('what', models.CharField(blank=True, max_length=80)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('seconds', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('asked', 'Somebody asked for it'), ('waiting', 'The request lies'), ('ends_30', 'The approval ends within 30 days'), ('ends_7', 'The approval ends within 7 days'), ('ends_1', 'The approval ends within a day')], max_length=10)),
                ('at', models.DateTimeField()),
                ('by_name', models.CharField(max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='approvalrequest',
            name='lifecycle_request_state_known',
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='is_recertification',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='approvalrequest',
            name='superseded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='lifecycle.approvalrequest'),
        ),
        migrations.AddField(
            model_name='signoff',
            name='on_behalf_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoff',
            name='reading_seconds',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='approvalrequest',
            name='state',
            field=models.CharField(choices=[('open', 'Awaiting approval'), ('approved', 'Approved'), ('changes_requested', 'Changes requested'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('superseded', 'Superseded')], default='open', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='approvalrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state__in', ['approved', 'changes_requested', 'rejected', 'withdrawn', 'superseded'])), _connector='OR'), name='lifecycle_request_state_known'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='collection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.collection'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='delegate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_held', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delegation',
            name='delegator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_given', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delegation',
            name='prompt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.prompt'),
        ),
        migrations.AddField(
            model_name='signoff',
            name='delegation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sign_offs', to='lifecycle.delegation'),
        ),
        migrations.AddConstraint(
            model_name='signoff',
            constraint=models.UniqueConstraint(condition=models.Q(('on_behalf_of__isnull', False)), fields=('request', 'on_behalf_of'), name='lifecycle_one_seat_for_one_person'),
        ),
        migrations.AddField(
            model_name='reading',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='lifecycle.approvalrequest'),
        ),
        migrations.AddField(
            model_name='reading',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reminder',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reminder',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='lifecycle.approvalrequest'),
        ),
        migrations.AddField(
            model_name='revocation',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revocation',
            name='delegation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='revocation', to='lifecycle.delegation'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(fields=['delegate', 'ends_at'], name='lifecycle_delegation_held'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='lifecycle_delegation_ends'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('delegator', models.F('delegate')), _negated=True), name='lifecycle_delegation_to_another'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('collection__isnull', True), ('prompt__isnull', True), _connector='OR'), name='lifecycle_delegation_one_scope'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', ''), _negated=True), models.Q(('reason', ''), _negated=True), models.Q(('authenticated_by', ''), _negated=True)), name='lifecycle_delegation_is_complete'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('request', 'user', 'kind', 'what'), name='lifecycle_reading_once'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['page', 'diff', 'failure'])), name='lifecycle_reading_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('last_at__gte', models.F('first_at'))), name='lifecycle_reading_in_order'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['request', '-at'], name='lifecycle_reminder_newest'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(condition=models.Q(('about__in', ['asked', 'waiting']), _negated=True), fields=('request', 'about'), name='lifecycle_reminded_of_the_end_once'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('about__in', ['asked', 'waiting', 'ends_30', 'ends_7', 'ends_1'])), name='lifecycle_reminder_about_known'),
        ),
        *protect("lifecycle_delegation"),
        *protect("lifecycle_revocation", keys=("id", "delegation_id")),
        *protect("lifecycle_reminder"),
        migrations.RunPython(install, remove),
    ]
