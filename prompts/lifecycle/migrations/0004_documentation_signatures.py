"""Signatures under the documentation of a version, which are only ever added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audits.ledger.triggers import PREFIX, protect

# INSERT OR REPLACE also removes a row by colliding with its other unique key; SQLite fires no DELETE trigger then.
NAME = f"{PREFIX}lifecycle_documentationsignature_replace_same"
SECOND_KEY = f"""
    CREATE TRIGGER {NAME} BEFORE INSERT ON lifecycle_documentationsignature FOR EACH ROW
    WHEN EXISTS (
        SELECT 1 FROM lifecycle_documentationsignature AS there
        WHERE there.version_id = NEW.version_id AND there.signer_id = NEW.signer_id
        AND there.documentation_digest = NEW.documentation_digest
    )
    BEGIN SELECT RAISE(ABORT, 'lifecycle_documentationsignature: one person signs the same once'); END
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SECOND_KEY)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")



class Migration(migrations.Migration):

    dependencies = [
        ('lifecycle', '0003_history_only_grows'),
        ('registry', '0006_documentation_standards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentationSignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=150)),
                ('printed_name', models.CharField(max_length=150)),
                ('role', models.CharField(max_length=40)),
                ('meaning', models.CharField(max_length=200)),
                ('comment', models.TextField(blank=True)),
                ('signed_at', models.DateTimeField()),
                ('authenticated_by', models.CharField(max_length=20)),
                ('standard', models.CharField(max_length=40)),
                ('text_digest', models.CharField(max_length=64)),
                ('documentation_digest', models.CharField(max_length=64)),
                ('documentation', models.JSONField()),
                ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documentation_signatures', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documentation_signatures', to='registry.version')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'signer', 'documentation_digest'), name='lifecycle_documentation_signed_once'), models.CheckConstraint(condition=models.Q(models.Q(('role', ''), _negated=True), models.Q(('authenticated_by', ''), _negated=True)), name='lifecycle_documentation_signature_is_complete')],
            },
        ),
        *protect("lifecycle_documentationsignature"),
        migrations.RunPython(install, remove),
    ]
