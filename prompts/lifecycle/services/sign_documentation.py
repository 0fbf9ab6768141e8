"""Sign the documentation of a version."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.identity.roles import DOCUMENTATION_SPECIALIST
from audits.identity.verbs import verb
from audits.ledger.canonical import NotCanonical
from audits.ledger.services import record
from prompts.lifecycle.errors import AlreadySigned, StaleDocumentation, StaleText, Undocumented
from prompts.lifecycle.events import DOCUMENTATION_SIGNED
from prompts.lifecycle.meanings import AUTHENTICATIONS, DOCUMENTED
from prompts.lifecycle.models import DocumentationSignature
from prompts.lifecycle.policies import DocumentationPolicy
from prompts.registry.digests import digest_of
from prompts.registry.documentation import completeness, documentation_digest
from prompts.registry.models import Prompt, Version
from prompts.registry.selectors import documentation_of, label_of, sections_of, standard_of
from prompts.registry.services.versions import lock_prompt
from prompts.registry.texts import check_text

LONGEST_COMMENT = 4000
TOLD = (
    *("role", "meaning", "printed_name", "authenticated_by"),
    *("standard", "text_digest", "documentation_digest"),
)
"""What the ledger keeps of a signature."""


@verb
def sign_documentation(
    *,
    actor: Actor,
    version_id: int,
    comment: str = "",
    seen_text_digest: str,
    seen_documentation_digest: str,
    authenticated_by: str,
) -> DocumentationSignature:
    """Attests that the documentation beside this frozen text is complete and understandable.

    The two digests are those of the page that the signer looked at; ``authenticated_by`` says how the caller
    made sure, just now, that it is this person. Raises ``NotThere``, ``Refused`` (authors of the text,
    foreign roles, whoever is no person), ``StaleText`` or ``StaleDocumentation`` where it is not what was
    shown, ``Undocumented`` below the tier's standard, ``AlreadySigned``, ``Unacceptable`` for the comment.
    """
    version = _locked_version(actor, version_id)
    DocumentationPolicy(actor).require("sign", version)
    if actor.user is None or authenticated_by not in AUTHENTICATIONS:
        raise Refused("Prove again who you are, then sign.", field="password")
    check_text(comment, "comment", longest=LONGEST_COMMENT)
    if not seen_text_digest == version.digest == digest_of(version.canonical.encode()):
        raise StaleText("The text is not the one that was shown to you. Nothing was signed.")
    told, now = _documentation(version.prompt)
    if seen_documentation_digest != now:
        raise StaleDocumentation(
            "The documentation changed after the page was shown to you. Look again before you sign."
        )
    standard = standard_of(version.prompt)
    if missing := completeness(standard, sections_of(version.prompt)).missing:
        words = ", ".join(f"{title} ({why})" for _, title, why in missing)
        raise Undocumented(f"The documentation is below its standard: {words}.")
    if DocumentationSignature.objects.filter(
        version=version, signer=actor.user, documentation_digest=now
    ).exists():
        raise AlreadySigned("You have signed this documentation of this version.")
    signed = DocumentationSignature.objects.create(
        version=version,
        signer=actor.user,
        username=actor.user.username,
        printed_name=actor.user.get_full_name(),
        role=DOCUMENTATION_SPECIALIST,
        meaning=DOCUMENTED,
        comment=comment.strip(),
        signed_at=timezone.now(),
        authenticated_by=authenticated_by,
        standard=standard.label,
        text_digest=version.digest,
        documentation_digest=now,
        documentation=told,
    )
    record(
        event=DOCUMENTATION_SIGNED,
        actor=actor,
        subject_type="version",
        subject=label_of(version),
        reason=signed.comment,
        payload={"signature": signed.pk, **{name: getattr(signed, name) for name in TOLD}},
    )
    return signed


def _locked_version(actor: Actor, version_id: int) -> Version:
    """The version, its prompt locked, so that nobody edits the documentation while it is signed."""
    found = Version.objects.visible_to(actor).filter(pk=version_id).values_list("prompt", flat=True).first()
    if found is None:
        raise NotThere("There is no such version.")
    prompt = lock_prompt(found, actor)
    version = Version.objects.get(pk=version_id)
    version.prompt = prompt
    return version


def _documentation(prompt: Prompt) -> tuple[dict[str, object], str]:
    told = documentation_of(prompt)
    try:
        return told, documentation_digest(told)
    except NotCanonical as error:
        raise Unacceptable(f"The documentation cannot be signed: {error}") from error
