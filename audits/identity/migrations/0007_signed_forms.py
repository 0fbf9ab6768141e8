"""Forms that signers must have signed; what was signed is only ever added to."""

import audits.adminkit.history
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from audits.ledger.triggers import protect


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0006_single_sign_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalRequiredForm',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_actor', models.CharField(default=audits.adminkit.history.current_name, editable=False, max_length=255)),
                ('slug', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('acknowledgement', 'Acknowledged by the person'), ('training', 'Training, recorded by an administrator')], max_length=20)),
                ('text', models.TextField()),
                ('roles', models.JSONField(blank=True, default=list)),
                ('validity_days', models.PositiveIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical form',
                'verbose_name_plural': 'historical forms',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='RequiredForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('acknowledgement', 'Acknowledged by the person'), ('training', 'Training, recorded by an administrator')], max_length=20)),
                ('text', models.TextField()),
                ('roles', models.JSONField(blank=True, default=list)),
                ('validity_days', models.PositiveIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'verbose_name': 'form',
                'ordering': ['title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('validity_days__gt', 0)), name='identity_form_ends'), models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledgement', 'training'])), name='identity_form_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='SignedForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form_version', models.PositiveIntegerField()),
                ('username', models.CharField(max_length=150)),
                ('printed_name', models.CharField(max_length=150)),
                ('text_digest', models.CharField(max_length=64)),
                ('signed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('authenticated_by', models.CharField(blank=True, max_length=20)),
                ('recorded_by', models.CharField(max_length=150)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signed', to='identity.requiredform')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signed_forms', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'form', '-expires_at'], name='identity_signed_form_of')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('signed_at'))), name='identity_signed_form_ends')],
            },
        ),
        *protect("identity_historicalrequiredform", keys=("history_id",)),
        *protect("identity_signedform"),
    ]
