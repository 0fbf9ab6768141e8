"""How long the content of each kind of entries is kept: what is due, what would go, and who agreed to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from audits.exports.models import Retention, RetentionChange
from audits.exports.models.retention import Unit
from audits.exports.periods import Period, is_shorter
from audits.exports.policies import RetentionPolicy
from audits.exports.selectors import KindRow, kind_rows, retention_changes, retention_runs, would_go
from audits.exports.services.retention import checked, confirm_retention, refuse_retention, set_retention
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.roles import CONFIRMERS, READS_TRAIL
from audits.ledger.events import kinds
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, number
from portal.selectors.retention_state import next_run

TITLE = "How long content is kept"
EVER = "ever"
WHO = tuple(sorted({*READS_TRAIL, *CONFIRMERS}))


def retention(request: HttpRequest) -> HttpResponse:
    """All kinds, what waits for a second person, and what was erased lately."""
    actor, now = actor_of(request), timezone.now()
    if request.method == "POST":
        _decide(request)
        return redirect("admin:retention")
    policy = RetentionPolicy(actor)
    every = kind_rows(now)
    shown, words = request.GET.get("show", ""), request.GET.get("q", "").strip()[:100]
    context = {
        "waiting": [
            (
                change,
                would_go(change.kind, change.period, now),
                policy.why_not("confirm", change),
                policy.may("refuse", change),
            )
            for change in retention_changes()
        ],
        "rows": [row for row in every if _fits(row, shown, words)],
        "shown": shown,
        "words": words,
        "all": len(every),
        "limited": sum(row.rule is not None and row.rule.period is not None for row in every),
        "due": sum(row.due for row in every),
        "held": sum(row.held for row in every),
        "next": next_run(),
        "runs": retention_runs(),
        "may_set": policy.may("set"),
    }
    crumbs = [("Audit trail", "admin:trail"), (TITLE, None)]
    return render_page(request, "portal/retention.html", context, title=TITLE, crumbs=crumbs)


def _fits(row: KindRow, shown: str, words: str) -> bool:
    if words and words.lower() not in f"{row.kind} {row.sentence}".lower():
        return False
    match shown:
        case "period":
            return row.rule is not None and row.rule.period is not None
        case "due":
            return bool(row.due or row.held)
        case "there":
            return bool(row.count)
    return True


def _decide(request: HttpRequest) -> None:
    actor, data = actor_of(request), request.POST
    row = number(data, "row") or 0
    match data.get("act"):
        case "confirm":
            rule = confirm_retention(actor=actor, change_id=row)
            messages.success(request, f"Content of {rule.kind} is kept for {rule.period} from now on.")
        case "refuse":
            refuse_retention(actor=actor, change_id=row, reason=str(data.get("reason", "")))
            messages.success(request, "Refused; the period stays as it is.")
        case _:
            raise Unacceptable("Choose yes or no.", field="act")


def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind: its period, its history, and what another period would erase."""
    if kind not in kinds():
        raise NotThere("There is no such kind of entries.")
    actor, now = actor_of(request), timezone.now()
    if request.method == "POST":
        return _set(request, kind)
    row = next(row for row in kind_rows(now) if row.kind == kind)
    asked = _asked(request.GET.get("amount", ""), request.GET.get("unit", ""))
    if isinstance(asked, Period):
        checked(kind, asked)
    old = row.rule.period if row.rule else None
    context = {
        "row": row,
        "old": old,
        "asked": asked,
        "amount": request.GET.get("amount", "")[:6],
        "unit": request.GET.get("unit", ""),
        "shorter": isinstance(asked, Period) and is_shorter(asked, old, now),
        "found": would_go(kind, asked, now) if isinstance(asked, Period) else None,
        "may_set": RetentionPolicy(actor).may("set"),
        "units": [*Unit.choices, (EVER, "for ever")],
        "history": Retention.history.filter(kind=kind).order_by("-history_id")[:50],
        "changes": RetentionChange.objects.filter(kind=kind).order_by("-pk")[:50],
    }
    crumbs = [("Audit trail", "admin:trail"), (TITLE, "admin:retention"), (kind, None)]
    return render_page(request, "portal/retention_kind.html", context, title=kind, crumbs=crumbs)


def _asked(amount: str, unit: str) -> Period | str | None:
    """The period, ``ever``, or None where nothing was asked."""
    if unit == EVER:
        return EVER
    if not unit:
        return None
    if not (amount.isascii() and amount.isdigit() and len(amount) < 7):
        raise Unacceptable("Write a number of days or years.", field="amount")
    return Period(int(amount), unit)


def _set(request: HttpRequest, kind: str) -> HttpResponse:
    asked = _asked(str(request.POST.get("amount", "")), str(request.POST.get("unit", "")))
    if asked is None:
        raise Unacceptable("Say how long the content is kept.", field="unit")
    if request.POST.get("seen") != "yes":
        raise Unacceptable("Look at what would go, and say that you have.", field="seen")
    made = set_retention(
        actor=actor_of(request),
        kind=kind,
        period=asked if isinstance(asked, Period) else None,
        reason=str(request.POST.get("reason", "")),
    )
    if isinstance(made, RetentionChange):
        messages.success(request, "Proposed: somebody else has to confirm it.")
    else:
        messages.success(request, f"Content of {kind} is kept {_words(made)} from now on.")
    return redirect("admin:retention")


def _words(rule: Retention) -> str:
    return f"for {rule.period}" if rule.period else "for ever"


PAGES = [
    Page("trail/retention/", retention, "retention", WHO),
    Page("trail/retention/<str:kind>/", kind, "retention-kind", WHO),
]
