"""Sign the documentation of a version in person: with the password once more."""

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from portal.services.authenticate import DOCUMENTATION, Proof, authenticate, thing
from prompts.lifecycle.models import DocumentationSignature
from prompts.lifecycle.policies import DocumentationPolicy
from prompts.lifecycle.services import sign_documentation as verbs
from prompts.registry.models import Version


def sign_documentation(
    *,
    actor: Actor,
    version_id: int,
    comment: str,
    seen_text_digest: str,
    seen_documentation_digest: str,
    password: str = "",
    code: str = "",
    trip: int | None = None,
) -> DocumentationSignature:
    """Checks who signs, then signs what the page showed; the digests are those of that page.

    A wrong password is recorded and raises ``Refused`` (field ``password``), as does a wrong code of the
    second factor (field ``code``); ``trip`` is the key of a trip to the provider, in place of both. What else
    may go wrong, the verb of the lifecycle says.
    """
    version = Version.objects.visible_to(actor).select_related("prompt").filter(pk=version_id).first()
    if version is None:
        raise NotThere("There is no such version.")
    DocumentationPolicy(actor).require("sign", version)
    what = thing(
        DOCUMENTATION,
        version_id=version_id,
        comment=comment,
        seen_text_digest=seen_text_digest,
        seen_documentation_digest=seen_documentation_digest,
    )
    proof = authenticate(actor, version, Proof(password, code, trip), {"documentation": True}, what=what)
    with transaction.atomic():
        return verbs.sign_documentation(
            actor=actor,
            version_id=version_id,
            comment=comment,
            seen_text_digest=seen_text_digest,
            seen_documentation_digest=seen_documentation_digest,
            authenticated_by=proof.method,
        )
