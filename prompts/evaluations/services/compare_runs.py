"""Set two sides of results beside each other, once: finished runs do not change."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from math import ceil

from django.db import IntegrityError, transaction

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from prompts.evaluations.models import AskedCase, ComparedCase, Comparison, Provider, Run
from prompts.evaluations.stats import paired_change

ORDER = {name: rank for rank, name in enumerate(ComparedCase.Change.values)}
PIECE = 2_000


@dataclass(slots=True)
class Line:
    """One case on one side. ``words`` adds up the digests of all its outputs, in whatever order."""

    digest: str = ""
    passed: int = 0
    total: int = 0
    score: Decimal = Decimal(0)
    shown: int = 0
    shown_failed: bool = False
    words: int = 0

    @property
    def good(self) -> bool:
        """Whether every repeat passed."""
        return self.passed == self.total


@dataclass(slots=True)
class Side:
    """All cases of one side, with cost (USD, None where no price is known) and latencies (ms)."""

    lines: dict[str, Line] = field(default_factory=dict)
    cost: Decimal | None = None
    calls: int = 0
    latencies: list[int] = field(default_factory=list)

    def figures(self) -> dict[str, str | int | None]:
        """Cost of 1,000 calls in USD as text, and the 95th percentile of latency in ms (nearest rank)."""
        slow = sorted(self.latencies)
        return {
            "cost": format(self.cost * 1000 / self.calls, ".6f") if self.cost is not None else None,
            "p95": slow[ceil(len(slow) * 0.95) - 1] if slow else None,
        }


@verb
def compare_runs(
    *,
    actor: Actor,
    left: Run,
    right: Run,
    left_provider: Provider | None = None,
    right_provider: Provider | None = None,
) -> Comparison:
    """The comparison, worked out now or earlier. Both runs are over, of one prompt and one suite.

    Raises ``NotThere`` for runs that the actor does not see, ``Conflict`` while one is under way,
    ``Unacceptable`` for runs that do not belong beside each other.
    """
    if Run.objects.visible_to(actor).filter(pk__in={left.pk, right.pk}).count() < len({left.pk, right.pk}):
        raise NotThere("There is no such run.")
    if (left.prompt_id, left.suite_id) != (right.prompt_id, right.suite_id):
        raise Unacceptable("Runs of one prompt and one suite are compared.", field="against")
    if not (left.is_over and right.is_over):
        raise Conflict("Both runs must be over to be compared.")
    sides = [(run.pk, one.pk if one else 0) for run, one in ((left, left_provider), (right, right_provider))]
    if sides[0] == sides[1]:
        raise Unacceptable("A side is not compared with itself.", field="against")
    key = ":".join(f"{run}/{one}" for run, one in sides)
    found = Comparison.objects.filter(key=key).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            row = Comparison(
                key=key, left=left, right=right, left_provider=left_provider, right_provider=right_provider
            )
            return _worked_out(row, _side(left, left_provider), _side(right, right_provider))
    except IntegrityError:
        return Comparison.objects.get(key=key)


def _side(run: Run, provider: Provider | None) -> Side:
    rows = run.results.order_by("pk")
    rows = rows.filter(provider=provider) if provider else rows
    side = Side()
    told = rows.values_list(
        "pk", "case_name", "case_digest", "state", "score", "output", "error", "cost", "latency_ms"
    )
    for pk, name, digest, state, score, output, error, cost, latency in told.iterator(PIECE):
        line = side.lines.setdefault(name, Line(digest, shown=pk))
        line.total += 1
        line.passed += state == "pass"
        line.score += score
        line.words += int.from_bytes(hashlib.blake2b(f"{output}\0{error}".encode(), digest_size=8).digest())
        if state != "pass" and not line.shown_failed:
            line.shown, line.shown_failed = pk, True
        side.calls += 1
        if cost is not None:
            side.cost = (side.cost or Decimal(0)) + cost
        if latency is not None:
            side.latencies.append(latency)
    return side


def _change(left: Line | None, right: Line | None) -> str:
    kinds = ComparedCase.Change
    if left is None or right is None:
        return kinds.ADDED if left is None else kinds.GONE
    if left.digest != right.digest:
        return kinds.ALTERED
    if left.good != right.good:
        return kinds.FIXED if right.good else kinds.REGRESSED
    return kinds.SAME if left.words == right.words else kinds.WORDS


def _worked_out(row: Comparison, left: Side, right: Side) -> Comparison:
    changes = {
        name: _change(left.lines.get(name), right.lines.get(name)) for name in left.lines | right.lines
    }
    counts = {str(kind): 0 for kind in ComparedCase.Change.values}
    for kind in changes.values():
        counts[str(kind)] += 1
    pairs = sum(counts[kind] for kind in ("regressed", "fixed", "words", "same"))
    change, low, high = paired_change(counts["regressed"], counts["fixed"], pairs)
    tags = {**_tags(row.left), **_tags(row.right)}
    row.counts = counts | {
        "tags": Counter(tag for found in tags.values() for tag in found),
        "pairs": pairs,
        "failing": sum(not line.good for line in right.lines.values()),
        "left": len(left.lines),
        "right": len(right.lines),
        "left_passed": sum(line.good for line in left.lines.values()),
        "right_passed": sum(line.good for line in right.lines.values()),
    }
    points = {"change": round(change * 100, 4), "low": round(low * 100, 4), "high": round(high * 100, 4)}
    row.figures = {"points": points, "left": left.figures(), "right": right.figures()}
    row.save()
    cases = _cases(row, changes, left, right, tags)
    # A piece at a time: Django makes a list of all that it is given.
    while piece := list(islice(cases, PIECE)):
        ComparedCase.objects.bulk_create(piece)
    return row


def _tags(run: Run) -> dict[str, list[str]]:
    """The tags of the cases that have some, by name, in small letters."""
    rows = AskedCase.objects.filter(case_set=run.case_set_id).exclude(text__tags=[])
    told = rows.values_list("text__name", "text__tags").iterator(PIECE)
    return {name: list(dict.fromkeys(tag.lower() for tag in tags)) for name, tags in told}


def _cases(
    row: Comparison, changes: dict[str, str], left: Side, right: Side, tags: dict[str, list[str]]
) -> Iterator[ComparedCase]:
    """In the order of the table: by what became of them, failing ones first, then by name."""

    def order(name: str) -> tuple[int, bool, str]:
        side = right.lines.get(name)
        return ORDER[changes[name]], side is None or side.good, name

    for place, name in enumerate(sorted(changes, key=order), start=1):
        before, now = left.lines.get(name), right.lines.get(name)
        one, other = before or Line(), now or Line()
        yield ComparedCase(
            comparison=row,
            place=place,
            case_name=name,
            change=changes[name],
            left_result_id=before.shown if before else None,
            right_result_id=now.shown if now else None,
            left_passed=one.passed,
            left_total=one.total,
            left_score=one.score / max(1, one.total),
            right_passed=other.passed,
            right_total=other.total,
            right_score=other.score / max(1, other.total),
            failing=now is not None and not now.good,
            tags=json.dumps(tags[name], ensure_ascii=False) if name in tags else "",
        )
