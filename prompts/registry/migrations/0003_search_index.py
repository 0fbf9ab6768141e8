"""The search index of each database, kept in step with registry_prompttext by the database itself."""

from django.db import migrations

COLUMNS = ("name", "tags", "purpose", "body")
LISTED = ", ".join(COLUMNS)
NEW = ", ".join(f"new.{column}" for column in COLUMNS)
OLD = ", ".join(f"old.{column}" for column in COLUMNS)
REMOVE = f"INSERT INTO registry_search(registry_search, rowid, {LISTED}) VALUES ('delete', old.prompt_id, {OLD});"
ADD = f"INSERT INTO registry_search(rowid, {LISTED}) VALUES (new.prompt_id, {NEW});"

SQLITE = [
    f"CREATE VIRTUAL TABLE registry_search USING fts5({LISTED}, content='registry_prompttext', "
    "content_rowid='prompt_id', tokenize='trigram')",
    f"CREATE TRIGGER registry_search_insert AFTER INSERT ON registry_prompttext BEGIN {ADD} END",
    f"CREATE TRIGGER registry_search_delete AFTER DELETE ON registry_prompttext BEGIN {REMOVE} END",
    f"CREATE TRIGGER registry_search_update AFTER UPDATE ON registry_prompttext BEGIN {REMOVE} {ADD} END",
    "INSERT INTO registry_search(registry_search) VALUES ('rebuild')",
]
SQLITE_BACK = [
    *(f"DROP TRIGGER IF EXISTS registry_search_{act}" for act in ("insert", "delete", "update")),
    "DROP TABLE IF EXISTS registry_search",
]

# The parser takes bank/credit-decision for a file's path; taken apart, each word is found by itself too.
WORDS = "regexp_replace(name, '[/_.-]+', ' ', 'g')"
POSTGRES = [
    "ALTER TABLE registry_prompttext ADD COLUMN document tsvector GENERATED ALWAYS AS ("
    f"setweight(to_tsvector('simple', {WORDS}), 'A') || setweight(to_tsvector('simple', tags), 'B') || "
    "setweight(to_tsvector('simple', purpose), 'C') || setweight(to_tsvector('simple', body), 'D')) STORED",
    "CREATE INDEX registry_prompttext_document ON registry_prompttext USING gin (document)",
]
POSTGRES_BACK = ["ALTER TABLE registry_prompttext DROP COLUMN IF EXISTS document"]


def _run(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def install(apps, schema_editor):
    connection = schema_editor.connection
    _run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRES)


def remove(apps, schema_editor):
    connection = schema_editor.connection
    _run(connection, SQLITE_BACK if connection.vendor == "sqlite" else POSTGRES_BACK)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_names_and_editors")]

    operations = [migrations.RunPython(install, remove)]
