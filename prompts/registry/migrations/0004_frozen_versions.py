"""The database itself refuses to change or delete a frozen version."""

from django.db import migrations

from audits.ledger.triggers import protect

# protect() knows single unique columns; a version is also unique by its prompt and number, and SQLite's
# INSERT OR REPLACE would delete the frozen row without firing the trigger on DELETE.
GUARD = """
CREATE TRIGGER registry_version_frozen_number BEFORE INSERT ON registry_version
WHEN EXISTS (SELECT 1 FROM registry_version AS there WHERE there.prompt_id = NEW.prompt_id
             AND there.number = NEW.number AND there.frozen_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'registry_version: a frozen version is never replaced'); END
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(GUARD)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS registry_version_frozen_number")


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_search_index")]

    operations = [
        *protect("registry_version", "OLD.frozen_at IS NOT NULL"),
        migrations.RunPython(install, remove),
    ]
