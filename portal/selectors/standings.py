"""How the portal is set up where a clause of the requirement map depends on it: counted as of now.

Counts of prompts are of those that the reader may see; everything else is for readers of the rules.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from audits.exports.events import TRAIL_VERIFIED
from audits.exports.held import why_kept
from audits.exports.models import LegalHold, Retention
from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import AUDITOR, SIGNERS
from audits.ledger.events import kinds
from audits.ledger.models import Event, Sink
from portal.selectors.documentation import counted, undocumented
from prompts.evaluations.models import Schedule
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.selectors import approvals_of
from prompts.observability.models import Call
from prompts.registry.lint.levels import BLOCKING, level_of
from prompts.registry.models import LintPolicy, Prompt, RiskTier, Version
from prompts.releases.models import GatePolicy, GateSuite, Release

MOST = 500
"""So many live versions are asked for their signatures."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One answer: whether it is as the clause would have it, the words for it, and where it is changed."""

    is_set: bool
    words: str
    to: str = ""


def _many(count: int | str, one: str, many: str) -> str:
    return f"{count} {one if str(count) == '1' else many}"


def _none_left(count: int, one: str, many: str, fine: str, to: str) -> Standing:
    return Standing(True, fine, to) if not count else Standing(False, _many(count, one, many), to)


def _ledger(actor: Actor) -> Standing:
    last = Event.objects.filter(event=TRAIL_VERIFIED.name).order_by("-id").first()
    to = reverse("admin:trail-verification")
    if last is None:
        return Standing(False, "the whole log was never verified", to)
    if not json.loads(last.payload or "{}").get("ok", True):
        return Standing(False, "the log did not verify when it was last tried", to)
    hours = int((timezone.now() - last.recorded_at) / timedelta(hours=1))
    when = "within the last hour" if not hours else f"{_many(hours, 'hour', 'hours')} ago"
    return Standing(hours < 7 * 24, f"the whole log was verified {when}", to)


def _retention(actor: Actor) -> Standing:
    limited = set(Retention.objects.filter(amount__isnull=False).values_list("kind", flat=True))
    bare = sum(name not in limited and not why_kept(name) for name in kinds())
    held = LegalHold.objects.filter(released_at__isnull=True).count()
    words = _many(bare, "kind of entries without a period", "kinds of entries without a period")
    words = f"{words}, {_many(held, 'legal hold', 'legal holds')} in force"
    return Standing(bool(limited), words, reverse("admin:retention"))


def _checkpoints(actor: Actor) -> Standing:
    to = reverse("admin:trail")
    sinks = list(Sink.objects.order_by("name"))
    if failing := [sink.name for sink in sinks if sink.failures]:
        return Standing(False, f"checkpoints do not arrive at: {', '.join(failing)}", to)
    if not sinks:
        return Standing(False, "no checkpoint goes to a place outside", to)
    return Standing(True, f"checkpoints go outside to: {', '.join(sink.name for sink in sinks)}", to)


def _live_high(actor: Actor) -> Any:
    live = Release.objects.filter(state=Release.State.LIVE, version=OuterRef("pk"))
    seen = Prompt.objects.visible_to(actor).in_use().filter(risk_tier=RiskTier.HIGH)
    return Version.objects.filter(Exists(live), prompt__in=seen.order_by().values("pk"))


def _high_risk_signed(actor: Actor) -> Standing:
    rows = list(_live_high(actor).select_related("prompt").order_by("-pk")[:MOST])
    approved, now = approvals_of(rows), timezone.now()
    bare = {row.prompt_id for row in rows if row.pk not in approved or not approved[row.pk].is_valid(now)}
    return _none_left(
        len(bare),
        "live prompt of high risk has no valid approval",
        "live prompts of high risk have no valid approval",
        "every live prompt of high risk has a valid approval",
        reverse("admin:desk"),
    )


def _high_risk_scheduled(actor: Actor) -> Standing:
    planned = Schedule.objects.filter(prompt=OuterRef("prompt"), is_active=True)
    bare = _live_high(actor).filter(~Exists(planned)).order_by().values("prompt").distinct().count()
    return _none_left(
        bare,
        "live prompt of high risk is not evaluated by a schedule",
        "live prompts of high risk are not evaluated by a schedule",
        "every live prompt of high risk is evaluated by a schedule",
        reverse("admin:evaluations_schedule_changelist"),
    )


def _high_risk_documented(actor: Actor) -> Standing:
    told = counted(undocumented(actor, tier=RiskTier.HIGH))
    to = f"{reverse('admin:documentation')}?tier=high"
    if told == "0":
        return Standing(True, "every prompt of high risk meets its documentation standard", to)
    words = _many(
        told, "prompt of high risk is below its standard", "prompts of high risk are below their standard"
    )
    return Standing(False, words, to)


def _gates(actor: Actor) -> Standing:
    named = GateSuite.objects.filter(policy=OuterRef("pk"))
    bare = GatePolicy.objects.filter(~Exists(named), environment__is_protected=True).count()
    return _none_left(
        bare,
        "gate of a protected environment names no suite",
        "gates of protected environments name no suite",
        "every gate of a protected environment names a suite",
        reverse("admin:releases_gatepolicy_changelist"),
    )


def _policies(actor: Actor) -> Standing:
    bare = sum(not row.forms for row in ApprovalPolicy.objects.filter(is_synthetic=False))
    return _none_left(
        bare,
        "approval policy asks for no training or acknowledgement",
        "approval policies ask for no training or acknowledgement",
        "every approval policy asks for a training or an acknowledgement",
        reverse("admin:policies"),
    )


def _second_factor(actor: Actor) -> Standing:
    bare = User.objects.filter(is_active=True, groups__name__in=SIGNERS).distinct()
    bare = bare.exclude(second_factor__confirmed_at__isnull=False)
    return _none_left(
        bare.count(),
        "person who may sign has no second factor here",
        "people who may sign have no second factor here",
        "everybody who may sign has a second factor",
        "",
    )


def _auditors(actor: Actor) -> Standing:
    rows = User.objects.filter(is_active=True, groups__name=AUDITOR, access_ends_at__isnull=True)
    return _none_left(
        rows.count(),
        "auditor's access has no end",
        "auditors' access has no end",
        "every auditor's access ends by itself",
        "",
    )


def _owned(actor: Actor) -> Standing:
    rows = Prompt.objects.visible_to(actor).in_use()
    rows = rows.filter(Q(owner__isnull=True) | Q(owner__is_active=False))
    return _none_left(
        rows.count(),
        "prompt has no active owner",
        "prompts have no active owner",
        "every prompt has an active owner",
        reverse("admin:prompts"),
    )


def _personal_data(actor: Actor) -> Standing:
    levels = {row.risk_tier: row.levels for row in LintPolicy.objects.all()}
    bare = [tier for tier in RiskTier.values if level_of("personal-data", levels.get(tier, {})) != BLOCKING]
    fine = "personal data in texts is refused in every risk tier"
    words = f"personal data in texts is not refused in the risk tiers {', '.join(bare)}"
    return Standing(not bare, words if bare else fine, reverse("admin:registry_lintpolicy_changelist"))


def _calls(actor: Actor) -> Standing:
    last = Call.objects.order_by("-started_at").values_list("started_at", flat=True).first()
    to = reverse("admin:use")
    if last is None:
        return Standing(False, "no application has told of a call", to)
    days = (timezone.now() - last).days
    return Standing(days < 2, f"the newest call is {_many(days, 'day', 'days')} old", to)


def _mail(actor: Actor) -> Standing:
    is_set = bool(settings.EMAIL_HOST)
    return Standing(is_set, "e-mails go out" if is_set else "no mail server is set")


STANDINGS: dict[str, tuple[str, Callable[[Actor], Standing]]] = {
    "ledger_verified": ("when the whole log was last verified", _ledger),
    "retention_set": ("kinds of entries without a period, and legal holds in force", _retention),
    "checkpoints_outside": ("whether checkpoints go to places outside", _checkpoints),
    "high_risk_signed": ("live prompts of high risk without a valid approval", _high_risk_signed),
    "high_risk_scheduled": ("live prompts of high risk that no schedule evaluates", _high_risk_scheduled),
    "high_risk_documented": (
        "prompts of high risk below their documentation standard",
        _high_risk_documented,
    ),
    "gates_name_suites": ("gates of protected environments that name no suite", _gates),
    "policies_ask_forms": ("approval policies without a training or acknowledgement", _policies),
    "signers_second_factor": ("people who may sign and have no second factor", _second_factor),
    "nobody_without_end": ("auditors whose access has no end", _auditors),
    "everything_owned": ("prompts without an active owner", _owned),
    "personal_data_blocked": ("risk tiers in which personal data is not refused", _personal_data),
    "calls_arrive": ("how old the newest call is", _calls),
    "mail_server": ("whether a mail server is set", _mail),
}
"""By the names that the map uses: what is looked at, in words, and how."""


def standings(actor: Actor) -> dict[str, Standing]:
    """All of them for this reader, with a constant number of queries."""
    return {name: look(actor) for name, (_, look) in STANDINGS.items()}
