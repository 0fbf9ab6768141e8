"""Indexes that keep lists quick among many prompts, and on PostgreSQL one over the parts of names."""

import logging

from django.db import DatabaseError, migrations, models, transaction

INDEX = (
    "CREATE INDEX registry_prompttext_name_parts ON registry_prompttext USING gin (name gin_trgm_ops)"
)


def install(apps, schema_editor):
    """Trigrams come with PostgreSQL; where they may not be installed, parts of names are scanned for."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(INDEX)
    except DatabaseError as error:
        logging.getLogger(__name__).warning("Parts of names have no index: %s", error)


def remove(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS registry_prompttext_name_parts")


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_former_names")]

    operations = [
        migrations.AddIndex(
            model_name="version",
            index=models.Index(
                fields=["prompt"],
                name="registry_version_draft",
                condition=models.Q(frozen_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            model_name="prompt",
            index=models.Index(
                fields=["collection", "-updated_at", "-id"], name="registry_prompt_shelf"
            ),
        ),
        migrations.AddIndex(
            model_name="prompt",
            index=models.Index(
                fields=["-updated_at", "-id"],
                name="registry_prompt_archived",
                condition=models.Q(archived_at__isnull=False),
            ),
        ),
        migrations.RunPython(install, remove),
    ]
