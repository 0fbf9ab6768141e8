"""The database itself refuses to change or delete a signature, whoever asks."""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER lifecycle_signoff_no_{name} BEFORE {act} ON lifecycle_signoff
    BEGIN SELECT RAISE(ABORT, 'a signature is never changed or deleted'); END
    """.format(name=act.lower(), act=act)
    for act in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """
    CREATE FUNCTION lifecycle_signoff_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a signature is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER lifecycle_signoff_only_grows BEFORE UPDATE OR DELETE ON lifecycle_signoff
    FOR EACH ROW EXECUTE FUNCTION lifecycle_signoff_refuse()
    """,
]


def forwards(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER lifecycle_signoff_only_grows ON lifecycle_signoff")
        schema_editor.execute("DROP FUNCTION lifecycle_signoff_refuse()")
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER lifecycle_signoff_no_{act}")


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
