"""What must hold of a release, worked out from raw rows, without the rules of the product."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

from django.db.models import Q

from audits.identity.models import User
from prompts.evaluations.models import Result, Run
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest, Reading, SignOff
from prompts.registry.models import Prompt, Version
from prompts.releases.models import Freeze, GatePolicy, GateSuite, Release, Retirement

STRENGTH = {
    "password": {"password", "password+totp", "sso"},
    "password+totp/sso": {"password+totp", "sso"},
    "password+totp": {"password+totp"},
    "sso": {"sso"},
}


def digest(value: Any) -> str:
    """SHA-256 of JSON with sorted keys and no spaces."""
    told = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


class Oracle:
    """Judges each release once, just after the act that made it: what is in force then was in force at it.

    ``wrote``: by version key the names of who wrote in it, as the test saw it; ``swept``: when the portal
    last did what was due.
    """

    def __init__(self, wrote: dict[int, set[str]]) -> None:
        self.wrote, self.released, self.signed = wrote, 0, 0
        self.swept: datetime | None = None

    def judge(self) -> None:
        """All that is new; fails with what is wrong."""
        for row in SignOff.objects.filter(pk__gt=self.signed).select_related("version", "request"):
            self.signature(row)
            self.signed = row.pk
        rows = Release.objects.filter(pk__gt=self.released).select_related("version__prompt", "environment")
        for release in rows.order_by("pk"):
            self.standing(release)
            if release.inherited:
                self.inherited(release)
            elif release.is_emergency:
                self.emergency(release)
            else:
                self.gate(release)
            self.released = release.pk
        live = list(Release.objects.filter(state="live").values_list("prompt", "environment"))
        assert len(live) == len(set(live)), "two releases are live in one place"
        if self.swept is not None:
            late = Release.objects.filter(state="live", emergency__ends_at__lte=self.swept)
            assert not late.exists(), "an emergency release outlives its hours"

    def signature(self, row: SignOff) -> None:
        """By a person who holds the role, wrote nothing of it, and opened what changed and what failed."""
        seated = row.on_behalf_of or row.signer
        for person in {row.signer, seated}:
            assert person.is_active, f"{person} is gone and signed"
            assert person.username not in self._writers(row.version), f"{person} signed his own text"
        assert seated.groups.filter(name=row.role).exists(), f"{seated} does not hold {row.role}"
        if row.delegation is not None:
            told = (row.delegation.delegate, row.delegation.delegator, row.delegation.role)
            assert told == (row.signer, seated, row.role)
            assert row.delegation.starts_at <= row.signed_at < row.delegation.ends_at
        taken = row.request.sign_offs.exclude(pk=row.pk)
        others = {name for one in taken for name in (one.signer_id, one.on_behalf_of_id)}
        assert others.isdisjoint({row.signer_id, seated.pk}), "one person takes two seats"
        opened = set(Reading.objects.filter(request=row.request, user=row.signer).values_list("kind", "what"))
        compared = (row.evidence["compared_with"] or {}).get("digest", "")
        assert ("diff", compared) in opened, "what changed was not opened"
        runs = [run["id"] for run in row.evidence["runs"]]
        results = Result.objects.filter(run__in=runs).order_by("pk")
        failed = {(row.run_id, row.case_name) for row in results if row.state != "pass"}
        seen = {(row.run_id, row.case_name) for row in results if ("failure", str(row.pk)) in opened}
        assert failed <= seen, "a failure was not opened"

    def _writers(self, version: Version) -> set[str]:
        """Everybody who wrote since the last version that was ever approved."""
        asked = ApprovalRequest.objects.filter(prompt=version.prompt_id, state="approved")
        before = asked.filter(version__number__lt=version.number).order_by("-version__number").first()
        span = Version.objects.filter(prompt=version.prompt_id, number__lte=version.number)
        span = span.filter(number__gt=before.version.number if before else 0)
        return {name for key in span.values_list("pk", flat=True) for name in self.wrote[key]}

    def standing(self, release: Release) -> None:
        """No freeze and no end lies over a move, and the text is the one that was frozen."""
        version, at = release.version, release.released_at
        frozen = Freeze.objects.filter(prompt=release.prompt, at__lt=at)
        assert not frozen.filter(Q(lifted_at=None) | Q(lifted_at__gt=at)).exists(), "it was frozen"
        assert not Retirement.objects.filter(prompt=release.prompt, at__lt=at).exists(), (
            "it was to be retired"
        )
        assert version.digest == hashlib.sha256(version.canonical.encode()).hexdigest()
        assert version.frozen_at is not None
        assert json.loads(version.canonical)["messages"] == version.messages

    def gate(self, release: Release) -> None:
        """What the environment asks: signatures, runs, documentation, settled remarks."""
        version, prompt, where = release.version, release.version.prompt, release.environment
        gates = {row.risk_tier: row for row in GatePolicy.objects.filter(environment=where)}
        gate = gates.get(prompt.risk_tier) or gates[""]
        if gate.requires_approval or where.is_protected:
            self.approval(version, release.released_at)
        for field in gate.requires_documentation:
            assert getattr(prompt, field).strip(), f"{field} is empty"
        if gate.requires_settled_comments:
            assert not prompt.comments.filter(resolved_at=None, parent=None).exists(), "a remark is open"
        asked = GateSuite.objects.filter(policy=gate, prompt=None)
        asked |= GateSuite.objects.filter(policy__environment=where, prompt=prompt)
        for row in asked:
            self.suite(version, row, release.released_at)

    def suite(self, version: Version, asked: GateSuite, at: datetime) -> None:
        """The newest finished run on this text that counts reaches what is asked, with the pinned cases."""
        runs = Run.objects.filter(version=version, version_digest=version.digest, suite=asked.suite)
        counting = [run for run in runs.filter(state="finished") if self._counts(run, asked)]
        assert counting, f"no run of {asked.suite} counts"
        newest = max(counting, key=lambda run: (run.finished_at, run.pk))
        assert newest.case_digest == asked.cases_digest, "other cases"
        assert newest.passed >= asked.least_pass_rate * newest.total, "too few passed"
        assert newest.total >= asked.least_cases
        if asked.max_age_days is not None:
            assert at - newest.finished_at <= timedelta(days=asked.max_age_days), "the run is too old"

    @staticmethod
    def _counts(run: Run, asked: GateSuite) -> bool:
        recorded = any(told["kind"] == "recorded" for told in run.providers)
        return asked.allows_recorded or not recorded

    def approval(self, version: Version, at: datetime) -> None:
        """Under what was asked at submission, and under what is asked now."""
        decided = ["approved", "changes_requested", "rejected"]
        rows = ApprovalRequest.objects.filter(version=version, state__in=decided)
        request = max(rows, key=lambda row: (row.opened_at, row.pk), default=None)
        assert request is not None, "nobody was asked"
        assert request.state == "approved", "it was sent back"
        assert request.text_digest == version.digest
        signed = [row for row in request.sign_offs.order_by("signed_at", "pk") if self._good(row, version)]
        assert signed, "nobody signed"
        for asked in (request, self._in_force(version.prompt)):
            strong = [row for row in signed if row.authenticated_by in STRENGTH[asked.authentication]]
            assert full(asked.seats, strong), f"{asked} is not satisfied by {strong}"
            assert at >= request.opened_at + timedelta(hours=asked.waiting_hours), "too early"
            assert at < signed[-1].signed_at + timedelta(days=asked.validity_days), "expired"

    def _good(self, row: SignOff, version: Version) -> bool:
        """On this text, with evidence that still has its digest, by nobody who wrote it."""
        people = {row.username, row.on_behalf_of.username if row.on_behalf_of else row.username}
        intact = digest(row.evidence) == row.evidence_digest
        return row.text_digest == version.digest and intact and people.isdisjoint(self.wrote[version.pk])

    @staticmethod
    def _in_force(prompt: Prompt) -> ApprovalPolicy:
        found = {(row.collection_id, row.risk_tier): row for row in ApprovalPolicy.objects.all()}
        places = [(place, tier) for place in (prompt.collection_id, None) for tier in (prompt.risk_tier, "")]
        return next(found[place] for place in places if place in found)

    @staticmethod
    def emergency(release: Release) -> None:
        """By two people of two roles, for some hours."""
        row = release.emergency
        gates = {one.risk_tier: one for one in GatePolicy.objects.filter(environment=release.environment)}
        gate = gates.get(release.prompt.risk_tier) or gates[""]
        assert row.asked_by != row.confirmed_by
        assert {row.asked_role, row.confirmed_role} == set(gate.emergency_roles)
        assert row.confirmed_by.groups.filter(name=row.confirmed_role).exists()
        assert row.asked_by.is_active
        assert row.ends_at - row.confirmed_at <= timedelta(hours=gate.emergency_hours)

    @staticmethod
    def inherited(release: Release) -> None:
        """Two people, a date, and the text that they saw."""
        text = release.adopted_text
        people: set[User] = {text.adoption.proposed_by, text.adoption.decided_by}
        assert len(people) == 2
        assert text.digest == release.version.digest
        assert release.recertify_by - text.adoption.proposed_at <= timedelta(days=180)


def full(seats: Sequence[dict[str, Any]], signed: Sequence[SignOff]) -> bool:
    """Whether different people fill every seat, each step after the one before; tries every way."""
    steps = sorted({seat.get("step", 1) for seat in seats})
    units = [[seat for seat in seats if seat.get("step", 1) == step] for step in steps]
    single = [[seat for seat in told for _ in range(seat["count"])] for told in units]
    return bool(seats) and _from(single, list(enumerate(signed)), -1)


def _from(steps: list[list[dict[str, Any]]], signed: list[tuple[int, SignOff]], last: int) -> bool:
    if not steps:
        return True
    later = [told for told in signed if told[0] > last]
    return any(
        all(_suits(seat, row) for seat, (_, row) in zip(steps[0], chosen, strict=True))
        and _from(steps[1:], signed, max(at for at, _ in chosen))
        for chosen in permutations(later, len(steps[0]))
    )


def _suits(seat: dict[str, Any], row: SignOff) -> bool:
    name = row.on_behalf_of.username if row.on_behalf_of else row.username
    named = not seat.get("people") or name in seat["people"]
    return row.role == seat["role"] and named and (not seat.get("tie") or seat["tie"] in row.ties)
