"""Sign by way of the provider: what is signed is noted before the person goes there, and done on return."""

from collections.abc import Callable
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.models import OpenSession, SignOnTrip
from audits.identity.services.step_up import SINGLE_SIGN_ON, methods_of
from audits.identity.services.trips import Outbound, begin_trip
from audits.identity.verbs import verb
from audits.ledger.canonical import NotCanonical, canonical_json
from audits.ledger.services import record
from portal.services.authenticate import DOCUMENTATION, VERSION
from portal.services.sign_documentation import sign_documentation
from portal.services.sign_version import sign_version
from prompts.lifecycle.events import SIGNATURE_REFUSED
from prompts.lifecycle.models import ApprovalRequest
from prompts.registry.models import Version
from prompts.registry.selectors import label_of

LONGEST = 20_000
SIGNS: dict[str, Callable[..., Any]] = {VERSION: sign_version, DOCUMENTATION: sign_documentation}


def signs_at_provider(actor: Actor, here: OpenSession | None) -> bool:
    """Whether this person proves at the provider who he is: who came from there, or has no password here."""
    if actor.user is None:
        return False
    ways = methods_of(actor.user)
    came = here is not None and here.method == SINGLE_SIGN_ON
    return SINGLE_SIGN_ON in ways and (came or len(ways) == 1)


def note_signing(actor: Actor, session: Any, *, what: dict[str, Any], way_on: str, address: str) -> Outbound:
    """Notes what is to be signed; raises ``Unacceptable`` for what could never be."""
    try:
        if len(canonical_json(what)) > LONGEST:
            raise Unacceptable("This comment is too long.", field="comment")
    except NotCanonical:
        raise Unacceptable("A field holds characters that are none.", field="comment") from None
    if any("\0" in str(value) for value in what["fields"].values()):
        raise Unacceptable("A field holds a NUL character.", field="comment")
    sign = SignOnTrip.Purpose.SIGN
    return begin_trip(session, sign, user=actor.user, what=what, way_on=way_on, address=address)


def sign_on_return(*, actor: Actor, trip: SignOnTrip) -> str:
    """Signs what the trip is for and says so; raises what the verb raises."""
    kind, fields = trip.what["kind"], trip.what["fields"]
    SIGNS[kind](actor=actor, trip=trip.pk, **fields)
    if kind == DOCUMENTATION:
        number = Version.objects.values_list("number", flat=True).get(pk=fields["version_id"])
        return f"You signed the documentation of version {number}."
    return f"You signed: {fields['meaning']}."


@verb
def note_refused_signature(*, actor: Actor, trip: SignOnTrip, reason: str) -> None:
    """Nothing was signed on return, for this reason."""
    fields, kind = trip.what["fields"], trip.what["kind"]
    versions = Version.objects.select_related("prompt")
    if kind == DOCUMENTATION:
        version = versions.filter(pk=fields["version_id"]).first()
    else:
        asked = ApprovalRequest.objects.filter(pk=fields["request_id"]).values("version")
        version = versions.filter(pk__in=asked).first()
    record(
        event=SIGNATURE_REFUSED,
        actor=actor,
        subject_type="version",
        subject=label_of(version) if version else "no version",
        reason=reason,
        payload={"single_sign_on": True, "kind": kind},
    )
