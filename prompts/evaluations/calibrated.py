"""What is known of model graders: those of a run, and how far people agree with them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from audits.identity.actors import Actor
from prompts.evaluations.calibration.agreement import Agreement, agreement
from prompts.evaluations.calibration.graders import Judged, judged_in
from prompts.evaluations.models import HumanGrade, Result, Run
from prompts.registry.querysets import on_prompts

PIECE = 500
MOST = 500


def graders_of(run: Run) -> list[dict[str, Any]]:
    """The model graders that gave verdicts in the run, with how many; reads every judged result."""
    found: dict[str, dict[str, Any]] = {}
    rows = run.results.exclude(judged_by="").order_by("pk").values_list("assertions", "judged_by")
    for verdicts, judge in rows.iterator(PIECE):
        for one in judged_in(verdicts, judge):
            told = {"grader": one.grader, "kind": one.kind, "rubric": one.rubric, "judge": one.judge}
            found.setdefault(one.grader, {**told, "verdicts": 0})["verdicts"] += 1
    return list(found.values())


def agreements(graders: Iterable[str]) -> dict[str, Agreement]:
    """How people agree with each grader, wherever they graded it; one without grades agrees on nothing."""
    told: dict[str, list[tuple[int, bool, bool]]] = defaultdict(list)
    wanted = list(graders)
    rows = HumanGrade.objects.filter(grader__in=wanted).order_by("pk")
    for grader, *grade in rows.values_list("grader", "result_id", "passed", "grader_passed"):
        told[grader].append(tuple(grade))  # type: ignore[arg-type]
    return {grader: agreement(told[grader]) for grader in wanted}


def uncalibrated(graders: list[dict[str, Any]]) -> str:
    """What is missing until all of these graders are calibrated, in words; empty if nothing is."""
    found = agreements(one["grader"] for one in graders)
    for one in graders:
        if why := found[one["grader"]].why_not:
            return f"{one['kind']} judged by {one['judge']} is not calibrated: {why}"
    return ""


def known_graders(actor: Actor) -> list[dict[str, Any]]:
    """The graders of which the actor sees a graded answer, newest first, with agreement over all grades."""
    rows = HumanGrade.objects.filter(on_prompts(actor, "view", "result__run__prompt"))
    names = rows.order_by("-pk").values("grader", "kind", "rubric", "judge")
    kinds: dict[str, dict[str, Any]] = {}
    for row in names.iterator(PIECE):
        kinds.setdefault(row["grader"], dict(row))
        if len(kinds) == MOST:
            break
    found = agreements(kinds)
    return [{**row, "agreement": found[grader]} for grader, row in kinds.items()]


def next_to_grade(actor: Actor, run: Run) -> tuple[Result, Judged] | None:
    """The next answer of the run that the actor has not graded, in an order of the actor's own; or None."""
    if actor.user is None:
        return None
    person = actor.user.pk
    done = HumanGrade.objects.filter(result__run=run, by=actor.user).values_list("result_id", "grader")
    mine = set(done)
    keys = run.results.exclude(judged_by="").exclude(overrides__by=actor.user).values_list("pk", flat=True)
    for key in sorted(keys, key=lambda pk: hashlib.sha256(f"{person} {pk}".encode()).digest()):
        row = Result.objects.select_related("run__prompt", "run__version").get(pk=key)
        for one in judged_in(row.assertions, row.judged_by):
            if (key, one.grader) not in mine:
                return row, one
    return None
