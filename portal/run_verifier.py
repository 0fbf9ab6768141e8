"""What `verify_ledger` compares of runs: the results still give the digest that each run's row holds.

The row itself is compared by the ledger (row_verifier.py), so that the digest is the one that was recorded.
"""

import hashlib
from collections.abc import Iterator

from audits.ledger.models import Leaf
from audits.ledger.verifiers import Fault
from prompts.evaluations.models import AskedCase, Case, CaseSet, CaseText, Run
from prompts.evaluations.results_digest import results_digest, rows_digest
from prompts.evaluations.selectors import snapshot_of
from prompts.evaluations.snapshots import digest_of, digest_of_list

PIECE = 200


def runs() -> Iterator[Fault]:
    """Of every run that is over and bound its results, none was changed, removed or slipped in."""
    for run in Run.objects.light().order_by("pk").iterator(PIECE):
        if run.is_over and not _are_as_bound(run):
            ended = Leaf.objects.filter(event__subject_type="run", event__subject=str(run)).order_by(
                "position"
            )
            position = ended.values_list("position", flat=True).last()
            reason = "its results are not those that it was finished with"
            yield Fault(f"{run} of {run.prompt.name}", reason, position)


def _are_as_bound(run: Run) -> bool:
    """A run that ended before rows had a digest has only that of its outputs and verdicts."""
    if run.rows_digest and rows_digest(run) != run.rows_digest:
        return False
    return not run.results_digest or results_digest(run) == run.results_digest


def case_sets() -> Iterator[Fault]:
    """Every case that runs asked is in the words that it was asked in, at its place, and none is gone."""
    for row in CaseSet.objects.order_by("pk").iterator(PIECE):
        told, digests, place = hashlib.sha256(), list[bytes](), 0
        members = AskedCase.objects.filter(case_set=row).select_related("text").order_by("place")
        for member in members.iterator(PIECE):
            place += 1
            text = member.text
            if member.place != place or key_of(text) != text.key:
                yield Fault(
                    f"case {text.name!r} of {row}", "its words or its place are not as they were asked"
                )
            told.update(f"{member.case_id}:{text.key}\n".encode())
            digests.append(text.digest.encode())
        digest = digest_of_list(one.decode() for one in sorted(digests))
        if (told.hexdigest(), digest, place) != (row.key, row.case_digest, row.size):
            yield Fault(str(row), "its cases are not those that were asked")


def cases() -> Iterator[Fault]:
    """Every case names the very words that it holds, so that a run asks what the case says."""
    for case in Case.objects.select_related("suite", "text").order_by("pk").iterator(PIECE):
        if not snapshot_of(case).key == case.text.key == key_of(case.text):
            yield Fault(f"case {case.name!r} of {case.suite}", "the words kept for runs are not its own")


def key_of(text: CaseText) -> str:
    """The key that the words give; where the digest is of an older rule, the words are in the key."""
    words = [text.name, text.vars, text.assertions, text.weight, text.threshold]
    return digest_of([text.digest, text.tags if digest_of(words) == text.digest else words])
