"""Keep the index of what includes which fragment."""

from prompts.registry.inclusion import inclusions
from prompts.registry.models import FragmentUse, Version
from prompts.registry.templating import TemplateFault

LONGEST_LABEL = 40


def index_uses(version: Version) -> None:
    """Writes the version's rows anew; a text that cannot be read includes nothing yet.

    Called by every verb that writes a draft's text, and by the freeze once the pins are known.
    """
    try:
        direct = {row.name: row for row in reversed(inclusions(version.format, version.messages))}
    except TemplateFault:
        direct = {}
    if version.is_frozen:
        told = [(pin["name"], pin["version"], pin["digest"]) for pin in version.fragments]
    else:
        told = [(name, row.number, "") for name, row in direct.items() if len(name) <= 255]
    labels = {name: row.label[:LONGEST_LABEL] for name, row in direct.items()}
    rows = [
        FragmentUse(
            version=version,
            name=name,
            number=number,
            label=labels.get(name, ""),
            digest=digest,
            is_direct=name in direct,
        )
        for name, number, digest in told
    ]
    if version.revision > 1 or version.is_frozen:
        FragmentUse.objects.filter(version=version).delete()
    FragmentUse.objects.bulk_create(rows)
