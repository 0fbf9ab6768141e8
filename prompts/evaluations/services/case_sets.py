"""Keep the cases of a suite as a run asks them; a suite that did not change is not written again."""

import hashlib
from collections.abc import Iterator, Sequence

from audits.adminkit.bulk import insert_rows
from prompts.evaluations.models import AskedCase, Case, CaseSet, CaseText, Suite
from prompts.evaluations.selectors import PIECE, TAKEN
from prompts.evaluations.snapshots import CaseSnapshot, digest_of_list


def case_set_of(suite: Suite) -> CaseSet | None:
    """The set of the suite's cases in use; None where there is none. Call it with the suite locked.

    Of all cases only their digests are in memory at once.
    """
    told, digests = hashlib.sha256(), list[bytes]()
    for piece in _pieces(suite):
        for case in piece:
            told.update(f"{case.case_id}:{case.key}\n".encode())
            digests.append(bytes.fromhex(case.digest))
    if not digests:
        return None
    key = told.hexdigest()
    found = CaseSet.objects.filter(key=key).first()
    return found or _written(suite, key, digests)


def _pieces(suite: Suite) -> Iterator[list[CaseSnapshot]]:
    """The cases in use in their order."""
    rows = Case.objects.filter(suite=suite, is_active=True).order_by("position", "pk")
    piece: list[CaseSnapshot] = []
    for told in rows.values_list(*TAKEN).iterator(PIECE):
        piece.append(CaseSnapshot.taken(*told))
        if len(piece) == PIECE:
            yield piece
            piece = []
    yield piece


def _written(suite: Suite, key: str, digests: list[bytes]) -> CaseSet:
    digest = digest_of_list(one.hex() for one in sorted(digests))
    made = CaseSet.objects.create(key=key, size=len(digests), case_digest=digest)
    place = 0
    for piece in _pieces(suite):
        place = add_members(made, place, piece)
    return made


def add_members(case_set: CaseSet, place: int, cases: Sequence[CaseSnapshot]) -> int:
    """Adds cases behind a place; returns the last place. Words that are kept already are not kept twice."""
    texts = [
        CaseText(
            key=case.key, digest=case.digest, name=case.name, vars=case.vars, assertions=case.assertions,
            weight=case.weight, threshold=case.threshold, tags=case.tags,
        )
        for case in cases
    ]  # fmt: skip
    keys = [text.key for text in texts]
    there = set(CaseText.objects.filter(key__in=keys).values_list("key", flat=True))
    # Another suite's run may keep the same words at this moment.
    insert_rows([text for text in texts if text.key not in there], skip_known=True)
    kept = dict(CaseText.objects.filter(key__in=keys).values_list("key", "pk"))
    insert_rows(
        [
            AskedCase(case_set=case_set, place=at, text_id=kept[key], case_id=case.case_id)
            for at, (key, case) in enumerate(zip(keys, cases, strict=True), start=place + 1)
        ]
    )
    return place + len(cases)
