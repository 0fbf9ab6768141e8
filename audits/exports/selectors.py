"""What this portal's own log says of an export that somebody brings back."""

from typing import Any

from audits.exports.models import ErasureProposal
from audits.ledger import merkle, notes
from audits.ledger.keyring import keyring
from audits.ledger.keys import KeyUnusable
from audits.ledger.selectors import newest_checkpoint, stored_nodes


def why_not_ours(found: dict[str, Any]) -> str:
    """Why a sound export (``verify.check``) is none of this portal's log; empty where it is one.

    Its key must be the portal's, and its checkpoint must describe the beginning of today's log.
    """
    head = newest_checkpoint()
    try:
        origin = notes.parse(head.note).tree.origin if head else ""
        if head is None or found["key"] not in keyring(origin).lines:
            return "it is signed by another key than this portal's"
    except KeyUnusable as error:
        return str(error)
    size = int(found["size"])
    try:
        parts = merkle.parts((0, size)) if size <= head.size else []
        hashes = stored_nodes(parts)
    except KeyError:
        return "rows of this portal's tree are missing: run manage.py verify_ledger"
    if size > head.size or merkle.fold([hashes[part] for part in parts]) != found["root"]:
        return f"this portal's log does not begin with the {size:,} entries that it was made of"
    return ""


def erasure_proposals() -> list[ErasureProposal]:
    """Those that wait, the oldest first, and then the newest of those that were decided."""
    waiting = ErasureProposal.objects.filter(state=ErasureProposal.State.OPEN).order_by("pk")
    decided = ErasureProposal.objects.exclude(state=ErasureProposal.State.OPEN).order_by("-pk")
    return [*waiting[:200], *decided[:50]]
