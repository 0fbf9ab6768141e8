"""Signatures are only ever added."""

from django.db import migrations

from audits.ledger.triggers import PREFIX, protect

# INSERT OR REPLACE also removes a row by colliding with its other unique key; SQLite fires no DELETE trigger then.
SECOND_KEY = f"""
    CREATE TRIGGER {PREFIX}lifecycle_signoff_replace_pair BEFORE INSERT ON lifecycle_signoff FOR EACH ROW
    WHEN EXISTS (
        SELECT 1 FROM lifecycle_signoff AS there
        WHERE there.request_id = NEW.request_id AND there.signer_id = NEW.signer_id
    )
    BEGIN SELECT RAISE(ABORT, 'lifecycle_signoff: one person signs a request once'); END
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SECOND_KEY)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}lifecycle_signoff_replace_pair")


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_initial")]
    operations = [*protect("lifecycle_signoff"), migrations.RunPython(install, remove)]
