"""Freeze a draft: from here on its text is one document with one digest."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.verbs import verb
from audits.ledger.canonical import NotCanonical
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.digests import canonical_document, digest_of
from prompts.registry.fragments import resolve_pins
from prompts.registry.linting import require_fit
from prompts.registry.models import Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.selectors import label_of
from prompts.registry.services.drafts import require_draft, require_revision
from prompts.registry.services.uses import index_uses
from prompts.registry.services.versions import lock_version, require_syntax, touch


@verb
def freeze_version(*, actor: Actor, version_id: int, seen_revision: int | None = None) -> Version:
    """Pins the included fragments and fixes the canonical document and its digest for good.

    Raises ``FrozenVersion`` where it is frozen already, ``StaleDraft`` where it is no longer what the actor
    saw, ``FragmentTrouble`` where a fragment cannot be pinned, ``Unacceptable`` for a fault in the template,
    ``LintRefusal`` for findings that the lint policy of the prompt's risk tier blocks.
    """
    version = lock_version(version_id, actor)
    PromptPolicy(actor).require("write", version.prompt)
    require_draft(version)
    if seen_revision is not None:
        require_revision(version, seen_revision)
    require_syntax(version)
    require_fit(actor, version)
    version.fragments = resolve_pins(actor, version)
    try:
        document = canonical_document(version, kind=version.prompt.kind, fragments=version.fragments)
    except NotCanonical as error:
        raise Unacceptable(f"The version has no canonical form: {error}", field="config") from None
    version.canonical = document.decode()
    version.digest = digest_of(document)
    version.frozen_at = timezone.now()
    version.save()
    index_uses(version)
    touch(version.prompt)
    payload = {"version": version.number, "digest": version.digest, "fragments": version.fragments}
    record(
        event=events.VERSION_FROZEN,
        actor=actor,
        subject_type="version",
        subject=label_of(version),
        payload=payload,
    )
    return version
