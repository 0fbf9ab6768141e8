"""Proofs as files that other programs read, with the checkpoint that they lead to.

One entry: C2SP tlog-proof. That the log continues an older tree: the body that C2SP tlog-witness takes,
``old`` and its size, the hashes of RFC 9162 §2.1.4, an empty line, the checkpoint.
"""

import base64
from collections.abc import Iterable

from audits.ledger.models import Checkpoint
from audits.ledger.selectors import consistency_proof, inclusion_proof

HEADER = "c2sp.org/tlog-proof@v1"


def tlog_proof(position: int, head: Checkpoint) -> str:
    """That the entry at that place is in the signed tree; errors as ``inclusion_proof``."""
    path = inclusion_proof(position, head.size).path
    return f"{HEADER}\nindex {position}\n{_lines(path)}\n{head.note}"


def consistency_file(old: int, head: Checkpoint) -> str:
    """That the tree of ``old`` entries begins the signed one; errors as ``consistency_proof``."""
    return f"old {old}\n{_lines(consistency_proof(old, head.size))}\n{head.note}"


def _lines(hashes: Iterable[str]) -> str:
    return "".join(f"{base64.b64encode(bytes.fromhex(digest)).decode()}\n" for digest in hashes)
