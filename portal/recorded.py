"""Which tables the log tells row by row (ADR 0020), and what is left out, each with its reason.

Everything in the rooms is recorded, history rows and links included, unless it stands here.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from audits.adminkit.noting import listen
from audits.adminkit.recorded import RecordedTable, Settled, tables

ROOMS = ("audits.", "prompts.", "portal")
FROM_PACKAGES = (
    "auth.Group",
    "auth.Group_permissions",
    "guardian.UserObjectPermission",
    "guardian.GroupObjectPermission",
)
"""Tables of other packages that say who may do what."""

EXEMPT = {
    **dict.fromkeys(
        ("ledger.Event", "ledger.Leaf", "ledger.Node", "ledger.Checkpoint", "ledger.KeyChange"),
        "they are the log itself, and verified with it",
    ),
    **dict.fromkeys(
        (
            *("ledger.Erasure", "ledger.Verification", "ledger.Alarm", "ledger.Sink"),
            "observability.CallComparison",
        ),
        "for pages and schedulers: the log believes only its entries",
    ),
    **dict.fromkeys(
        ("evaluations.AskedCase", "evaluations.CaseText"),
        "the recorded rows of their sets and cases are digests of them",
    ),
    **dict.fromkeys(
        (
            "registry.PromptTag",
            "registry.PromptText",
            "registry.TextSignature",
            "registry.TextBand",
            "registry.LikePair",
        ),
        "an index, made anew from prompts and versions",
    ),
    **dict.fromkeys(
        ("evaluations.Comparison", "evaluations.ComparedCase", "evaluations.Measured"),
        "worked out from results, which are covered",
    ),
    "evaluations.Result": "each finished run's row holds one digest of all its results",
    "evaluations.RawAnswer": "for looking into; what was read from it and graded stands in its result",
    "evaluations.Spending": "sums over results, which are covered",
    "evaluations.KeptAnswer": "a cache, which may be lost",
    **dict.fromkeys(
        ("observability.Call", "observability.Score", "serving.FetchMark"), "calls have a log of their own"
    ),
    **dict.fromkeys(
        ("notices.Delivery", "notices.Letter", "notices.Notice", "notices.Told"),
        "what was told is made of entries, and how far telling came is state",
    ),
    **dict.fromkeys(
        ("notices.Preference", "registry.Watch", "registry.SavedSearch"), "a person's own convenience"
    ),
    "lifecycle.Reading": "a sign of life every few seconds; what it came to is bound in the signature",
    **dict.fromkeys(
        ("identity.OpenSession", "identity.SignOnTrip", "identity.RefusalTally", "identity.KeyUse"),
        "state of sign-ins and of keys' uses, which have entries",
    ),
}
"""Models without rows in the log."""

_KEY_STATE = "when a worker or a person last came by: state, written without a verb"
EXCEPT = {
    "identity.User": {"last_login": _KEY_STATE},
    "identity.ServiceAccount": {"last_used_at": _KEY_STATE},
    "identity.SecondFactor": dict.fromkeys(
        ("last_step", "wrong", "locked_until"), "changes with every code that is typed"
    ),
    "notices.Endpoint": dict.fromkeys(("failures", "paused_until", "busy_until"), "how sending goes"),
    "evaluations.Provider": {"answers_as": "the models that answered last: state"},
    "evaluations.Schedule": dict.fromkeys(
        ("next_due_at", "last_run_id", "last_problem", "seen_version_id", "missed_at"),
        "moved on with every tick",
    ),
    "evaluations.Run": dict.fromkeys(("claim", "lease_until", "attempts", "sent_at"), _KEY_STATE),
    "exports.Export": dict.fromkeys(("claim", "lease_until", "attempts", "sent_at"), _KEY_STATE),
}
"""Columns that are state and no evidence, by model."""

SETTLED = {
    "evaluations.Run": Settled(
        "state",
        frozenset({"finished", "cancelled", "failed"}),
        frozenset(
            {
                *("passed", "failed", "errors", "score", "cost", "answered_by"),
                *("results_digest", "rows_digest", "started_at", "finished_at", "note"),
            }
        ),
    ),
    "exports.Export": Settled(
        "state",
        frozenset({"done", "failed", "cancelled", "expired"}),
        frozenset(
            {
                *("checkpoint_id", "entries", "total", "position", "offset", "size", "digest", "reason"),
                *("started_at", "finished_at", "expires_at"),
            }
        ),
    ),
}
"""Work that counts once it is over."""


def candidates() -> Iterator[type[Model]]:
    """Every model of the rooms, and those of packages that count."""
    for model in apps.get_models(include_auto_created=True):
        room = apps.get_app_config(model._meta.app_label).name
        if room.startswith(ROOMS) or model._meta.label in FROM_PACKAGES:
            yield model


def register_all() -> None:
    """Called once at start-up."""
    there = {table.model for table in tables()}
    for model in candidates():
        label = model._meta.label
        if label not in EXEMPT and model not in there:
            listen(RecordedTable.of(model, EXCEPT.get(label, ()), SETTLED.get(label)))
