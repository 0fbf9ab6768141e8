"""The index of fragments, filled from the pins of frozen versions and the texts of drafts."""

from django.db import migrations

from prompts.registry.inclusion import inclusions
from prompts.registry.templating import TemplateFault

BATCH = 2000


def fill(apps, schema_editor):
    versions = apps.get_model("registry", "Version").objects.using(schema_editor.connection.alias)
    uses = apps.get_model("registry", "FragmentUse").objects.using(schema_editor.connection.alias)
    waiting = []
    rows = versions.order_by().only("pk", "messages", "format", "fragments", "frozen_at")
    for version in rows.iterator(chunk_size=BATCH):
        waiting += _uses(version, uses.model)
        if len(waiting) >= BATCH:
            uses.bulk_create(waiting)
            waiting = []
    uses.bulk_create(waiting)


def _uses(version, model):
    if version.frozen_at is not None and not version.fragments:
        return []
    try:
        direct = {row.name: row.number for row in reversed(inclusions(version.format, version.messages))}
    except TemplateFault:
        direct = {}
    if version.frozen_at is None:
        told = [(name, number, "") for name, number in direct.items() if len(name) <= 255]
    else:
        told = [(pin["name"], pin["version"], pin["digest"]) for pin in version.fragments]
    return [
        model(version=version, name=name, number=number, digest=digest, is_direct=name in direct)
        for name, number, digest in told
    ]


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_fragment_uses")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=False)]
