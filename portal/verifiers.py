"""What `verify_ledger` compares beyond the log: frozen texts and signatures with what was recorded of them.

A row of these tables may be changed by whoever owns the database; the entry that was written with it cannot
be, without being found. Each difference is told with the entry's position.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from audits.identity.errors import Unacceptable
from audits.ledger.canonical import NotCanonical, sha256_hex
from audits.ledger.events import EventKind
from audits.ledger.models import Event, Leaf
from audits.ledger.verifiers import Fault, register
from portal import rule_verifiers
from portal.events import LOAD
from portal.grade_verifier import grades
from portal.override_verifier import overrides
from portal.release_verifier import releases
from portal.run_verifier import case_sets, cases, runs
from prompts.lifecycle import evidence
from prompts.lifecycle.events import (
    DELEGATION_REVOKED,
    DELEGATION_SIGNED,
    DOCUMENTATION_SIGNED,
    VERSION_SIGNED,
)
from prompts.lifecycle.models import Delegation, DocumentationSignature, SignOff
from prompts.lifecycle.services.delegate import told as delegation_told
from prompts.registry.digests import canonical_document, digest_of
from prompts.registry.documentation import documentation_digest
from prompts.registry.events import COMMENT_WRITTEN, VERSION_FROZEN
from prompts.registry.models import Comment, Version
from prompts.registry.selectors import label_of

PIECE = 500
SAME_TIME = timedelta(minutes=1)
"""A signature and its entry are written in one transaction."""
MORE = ("zone", "role_by", "ties", "forms")
"""What a signature tells besides since policies ask for more; older entries do not."""
SIGNED = ("role", "meaning", "printed_name", "authenticated_by", "text_digest", "evidence_digest")
DOCUMENTED = (*SIGNED[:5], "standard", "documentation_digest")


def register_all() -> None:
    """Called once at start-up."""
    register("version", frozen_versions)
    register("sign-off", sign_offs)
    register("documentation", documentation_signatures)
    register("delegation", delegations)
    register("policy", rule_verifiers.policies)
    register("form", rule_verifiers.signed_forms)
    register("comment", comments)
    register("release", releases)
    register("override", overrides)
    register("grade", grades)
    register("run", runs)
    register("case-set", case_sets)
    register("case", cases)


def frozen_versions() -> Iterator[Fault]:
    """Every frozen version has its entry, with the digest that its text still gives; none has vanished."""
    rows = Version.objects.frozen().select_related("prompt").order_by("pk").iterator(PIECE)
    for piece in _pieces(rows):
        told = _entries(VERSION_FROZEN, [label_of(version) for version in piece])
        for version in piece:
            events = told[label_of(version)]
            if not events and version.prompt.name.startswith(f"{LOAD}/"):
                # Bulk data has one entry for many versions: their texts are held to their own digests.
                if reason := _text_fault(version, version.digest):
                    yield Fault(label_of(version), reason)
            elif not events:
                yield Fault(label_of(version), "no entry tells that it was frozen")
            elif reason := _text_fault(version, _payload(events[0]).get("digest")):
                yield Fault(label_of(version), reason, _position(events[0]))
    for piece in _pieces(Event.objects.filter(event=VERSION_FROZEN.name).order_by("pk").iterator(PIECE)):
        names = {event.subject.rpartition("@")[0] for event in piece}
        named = Version.objects.frozen().filter(prompt__name__in=names).select_related("prompt")
        there = {label_of(version) for version in named}
        for event in piece:
            if event.subject not in there:
                yield Fault(event.subject, "it was frozen and is gone or a draft again", _position(event))


def _text_fault(version: Version, recorded: Any) -> str:
    if digest_of(version.canonical.encode()) != version.digest or version.digest != recorded:
        return "its text does not give the digest that was recorded when it was frozen"
    try:
        kind = json.loads(version.canonical)["kind"]
        again = canonical_document(version, kind=kind, fragments=version.fragments)
    except (NotCanonical, ValueError, KeyError, TypeError):
        return "its fields have no canonical form any more"
    return "" if again.decode() == version.canonical else "its fields are not the ones that were frozen"


def sign_offs() -> Iterator[Fault]:
    """Every signature is as its entry tells, and none has vanished."""
    return _signatures(SignOff, VERSION_SIGNED, "sign_off", _sign_off_fault)


def documentation_signatures() -> Iterator[Fault]:
    """The same for signatures under the documentation of a version."""
    return _signatures(DocumentationSignature, DOCUMENTATION_SIGNED, "signature", _documentation_fault)


def comments() -> Iterator[Fault]:
    """Every comment has the words, the place and the author that its entry tells, and none has vanished."""
    told: set[int] = set()
    for piece in _pieces(Event.objects.filter(event=COMMENT_WRITTEN.name).order_by("pk").iterator(PIECE)):
        keys = {event.pk: int(_payload(event).get("comment", 0)) for event in piece}
        rows = Comment.objects.select_related("author").in_bulk(list(keys.values()))
        for event in piece:
            row = rows.get(keys[event.pk])
            told.add(keys[event.pk])
            if reason := _comment_fault(row, event) if row else "the comment is gone":
                yield Fault(f"comment {keys[event.pk]} on {event.subject}", reason, _position(event))
    for row in Comment.objects.select_related("prompt").order_by("pk").only("prompt__name").iterator(PIECE):
        if row.pk not in told:
            yield Fault(f"comment {row.pk} on {row.prompt.name}", "no entry tells of this comment")


def _comment_fault(row: Comment, event: Event) -> str:
    payload = _payload(event)
    if sha256_hex(row.text.encode()) != payload.get("text_digest"):
        return "its words are not those that were recorded"
    if (row.author.username, row.place) != (event.actor, payload.get("place")):
        return "its author or its place is not what was recorded"
    if (row.parent_id or 0) != payload.get("answers"):
        return "it answers another comment than was recorded"
    return ""


def _signatures(
    table: type[SignOff] | type[DocumentationSignature],
    kind: EventKind,
    key: str,
    fault_of: Callable[[Any, Event], str],
) -> Iterator[Fault]:
    """``key`` is where an entry's payload names the row; ``fault_of`` says what differs between the two."""
    beside = ("request", "on_behalf_of") if table is SignOff else ()
    rows = table.objects.select_related("version__prompt", *beside).order_by("pk").iterator(PIECE)
    for piece in _pieces(rows):
        told = _entries(kind, [label_of(row.version) for row in piece])
        for row in piece:
            subject = f"{row.username} on {label_of(row.version)}"
            events = told[label_of(row.version)]
            event = next((event for event in events if _payload(event).get(key) == row.pk), None)
            if event is None:
                yield Fault(subject, "no entry tells of this signature")
            elif reason := fault_of(row, event):
                yield Fault(subject, reason, _position(event))
    for piece in _pieces(Event.objects.filter(event=kind.name).order_by("pk").iterator(PIECE)):
        wanted = {event.pk: int(_payload(event).get(key, 0)) for event in piece}
        there = set(table.objects.filter(pk__in=set(wanted.values())).values_list("pk", flat=True))
        for event in piece:
            if wanted[event.pk] not in there:
                yield Fault(f"{event.actor} on {event.subject}", "the signature is gone", _position(event))


def delegations() -> Iterator[Fault]:
    """Every delegation is as it was signed, and none was slipped in; a revocation is as it was recorded."""
    rows = Delegation.objects.select_related("delegator", "delegate", "collection", "prompt", "revocation")
    events = {
        kind: {_payload(event).get("delegation"): event for event in Event.objects.filter(event=kind.name)}
        for kind in (DELEGATION_SIGNED, DELEGATION_REVOKED)
    }
    for row in rows.order_by("pk").iterator(PIECE):
        event = events[DELEGATION_SIGNED].get(row.pk)
        if event is None:
            yield Fault(str(row), "no entry tells of this delegation")
        elif _payload(event) != delegation_told(row) or (row.delegator.username, row.reason) != (
            event.actor,
            event.reason,
        ):
            yield Fault(str(row), "the delegation is not the one that was signed", _position(event))
        ended = events[DELEGATION_REVOKED].get(row.pk)
        if (ended is not None) != hasattr(row, "revocation"):
            spot = ended or event
            yield Fault(
                str(row),
                "its end is not as it was recorded",
                _position(spot) if spot is not None else None,
            )
    there = set(Delegation.objects.values_list("pk", flat=True))
    for key, event in events[DELEGATION_SIGNED].items():
        if key not in there:
            yield Fault(f"{event.actor} to {event.subject}", "the delegation is gone", _position(event))


def _sign_off_fault(row: SignOff, event: Event) -> str:
    told = _payload(event)
    if reason := _differs(row, event, (*SIGNED, *(name for name in MORE if name in told))) or _moved(
        row, event
    ):
        return reason
    since = row.role_since.isoformat() if row.role_since else ""
    if told.get("role_since", since) != since:
        return "role_since is not what was signed"
    try:
        same = evidence.digest_of(row.evidence) == row.evidence_digest
    except Unacceptable:
        same = False
    return "" if same else "the evidence does not give the digest that was signed"


def _moved(row: SignOff, event: Event) -> str:
    """Whether the signature stands under another request, text or person than it was given for."""
    payload = _payload(event)
    if row.request_id != payload.get("request") or row.request.version_id != row.version_id:
        return "it stands under another request than it was given for"
    if not row.text_digest == row.version.digest == row.request.text_digest:
        return "it stands under another text than it was given for"
    principal = row.on_behalf_of.username if row.on_behalf_of is not None else None
    if (row.delegation_id, principal) != (payload.get("delegation"), payload.get("on_behalf_of")):
        return "it was not given for that person"
    if row.reading_seconds != payload.get("reading_seconds"):
        return "the time that was read is not the one that was recorded"
    return ""


def _documentation_fault(row: DocumentationSignature, event: Event) -> str:
    if reason := _differs(row, event, DOCUMENTED):
        return reason
    try:
        same = documentation_digest(row.documentation) == row.documentation_digest
    except NotCanonical:
        same = False
    return "" if same else "the documentation does not give the digest that was signed"


def _differs(row: Any, event: Event, names: Iterable[str]) -> str:
    """What of the row is not as its entry tells."""
    told = _payload(event)
    for name in names:
        if getattr(row, name) != told.get(name):
            return f"{name} is not what was signed"
    if (row.username, row.comment) != (event.actor, event.reason):
        return "the signer or the comment is not what was recorded"
    if abs(row.signed_at - event.recorded_at) > SAME_TIME:
        return "its time is not the one at which it was recorded"
    return ""


def _entries(kind: EventKind, labels: Iterable[str]) -> dict[str, list[Event]]:
    """The events of that kind about these versions, by label, oldest first."""
    found: dict[str, list[Event]] = defaultdict(list)
    rows = Event.objects.filter(subject_type="version", subject__in=set(labels), event=kind.name)
    for event in rows.order_by("pk"):
        found[event.subject].append(event)
    return found


def _payload(event: Event) -> dict[str, Any]:
    return json.loads(event.payload) if event.payload else {}


def _position(event: Event) -> int | None:
    return Leaf.objects.filter(event=event).values_list("position", flat=True).first()


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while piece := list(islice(rows, PIECE)):
        yield piece
