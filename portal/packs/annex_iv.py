"""Technical documentation under the headings of Annex IV of the EU AI Act, filled from the records.

The wording of the headings is ours. What no record fills is marked as missing, with who must supply it: the
portal knows prompts, not the system around them.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from audits.exports.collectors import Part
from audits.exports.packs import Document
from audits.ledger.services.record_event import timestamp
from portal.packs.scope import PackScope
from portal.selectors.card import version_to_show
from portal.selectors.policy_rows import Words
from prompts.evaluations.models import Run
from prompts.lifecycle.models import SignOff
from prompts.lifecycle.selectors import policy_for
from prompts.registry.models import Prompt, Version
from prompts.registry.selectors import label_of
from prompts.releases.models import Freeze, Release, Retirement

EDITION = "Regulation (EU) 2024/1689, Annex IV, as amended 2026"
ORGANISATION, ENGINEER, OWNER = "the organisation", "the engineer of the application", "the prompt's owner"
Told = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Point:
    """One heading. ``told`` are (name, text) from the records; empty texts are named in ``missing``."""

    point: str
    asks: str
    by: str
    told: Told = field(default_factory=list)
    outside: str = ""

    @property
    def missing(self) -> list[str]:
        """What must still be supplied."""
        gaps = [name for name, text in self.told if not text.strip()]
        return [*gaps, *([self.outside] if self.outside else [])]

    @property
    def state(self) -> str:
        """filled, partly or missing."""
        there = any(text.strip() for _, text in self.told)
        return "missing" if not there else "partly" if self.missing else "filled"

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        told = {name: text for name, text in self.told if text.strip()}
        shown = {key: value for key, value in asdict(self).items() if key in ("point", "asks")}
        return shown | {
            "state": self.state,
            "from_records": told,
            "missing": self.missing,
            "supplied_by": self.by,
        }


def annex_iv(scope: PackScope) -> Iterator[Part]:
    """``annex-iv.json`` and ``annex-iv.html`` of a pack about one prompt or version of it."""
    if scope.asked.trace or len(scope.prompts) != 1:
        return
    prompt = scope.prompts[0]
    version = version_to_show(prompt) if scope.whole else scope.versions[0]
    points = points_of(prompt, version)
    about = {
        "edition": EDITION,
        "prompt": prompt.name,
        "version": label_of(version) if version else "",
        "made_at": timestamp(timezone.now()),
        "note": "What the portal's records say. It does not describe the system around the prompt.",
    }
    told = {**about, "points": [point.as_dict() for point in points]}
    yield Document("annex-iv.json", [json.dumps(told, ensure_ascii=False, indent=1) + "\n"])
    page = render_to_string("packs/annex_iv.html", {**about, "points": points})
    yield Document("annex-iv.html", [page])


def points_of(prompt: Prompt, version: Version | None) -> list[Point]:
    """All headings in their order."""
    policy = policy_for(prompt)
    demands = Words([policy.demands]).of(policy.demands) if policy else ""
    live = Release.objects.filter(prompt=prompt, state="live").select_related("version", "environment")
    runs = list(_runs(version)) if version else []
    tested = "; ".join(_tested(run) for run in runs)
    return [
        Point(
            "1(a)",
            "Purpose, provider, and the version in question",
            OWNER,
            [
                ("intended purpose", prompt.purpose),
                ("owner", str(prompt.owner or "")),
                ("version", label_of(version) if version else ""),
                ("digest of its text", version.digest or "" if version else ""),
            ],
            "the provider's name and address",
        ),
        Point(
            "1(b)",
            "What it works together with",
            ENGINEER,
            [("data it sees", prompt.data)],
            "the application",
        ),
        Point("1(c)", "Versions of the software around it", ENGINEER, outside="versions of the application"),
        Point(
            "1(d)",
            "Forms in which it is put into service",
            ENGINEER,
            [
                (
                    "served to",
                    ", ".join(f"{row.environment.slug}: version {row.version.number}" for row in live),
                )
            ],
        ),
        Point("1(e)", "Hardware that it runs on", ENGINEER, outside="the hardware"),
        Point("1(f)", "Pictures, where it is part of a product", ENGINEER, outside="pictures and markings"),
        Point("1(g)", "What its users see", ENGINEER, [("read by", prompt.audience)], "the user interface"),
        Point(
            "1(h)",
            "Instructions for use",
            OWNER,
            [("intended use", prompt.intended_use), ("not for", prompt.excluded_use)],
        ),
        Point(
            "2(a)",
            "How it was developed, and with what of others",
            OWNER,
            [
                ("written by", _writers(version)),
                ("models asked", _models(runs)),
                ("fragments", _fragments(version)),
            ],
        ),
        Point(
            "2(b)",
            "Its design, and the main choices",
            OWNER,
            [
                ("text", version.text if version else ""),
                ("settings", _settings(version)),
                ("why it changed", _note(version)),
            ],
        ),
        Point(
            "2(c)", "Architecture and computing resources", ENGINEER, outside="the architecture of the system"
        ),
        Point(
            "2(d)",
            "Data that it was made and tested with",
            ORGANISATION,
            [("tested with", _suites(runs))],
            "training data of the model",
        ),
        Point(
            "2(e)",
            "Measures for human oversight",
            OWNER,
            [("who must sign", demands), ("incident contact", prompt.contact)],
        ),
        Point(
            "2(f)",
            "Changes determined beforehand",
            OWNER,
            [("approval holds", f"{policy.validity_days} days" if policy else "")],
            "planned changes",
        ),
        Point(
            "2(g)",
            "Tests, their measures and results",
            OWNER,
            [("runs", tested), ("signed", _signed(version))],
        ),
        Point("2(h)", "Cybersecurity", ENGINEER, outside="measures of the application"),
        Point(
            "3",
            "How it is watched and controlled, what it can do and what not",
            OWNER,
            [
                ("known limits", prompt.limits),
                ("explanation in plain language", prompt.explanation),
                ("stops", _stops(prompt)),
            ],
        ),
        Point(
            "4",
            "Why these measures of performance fit",
            OWNER,
            outside="why the suites' measures fit the purpose",
        ),
        Point(
            "5",
            "Risk management",
            ORGANISATION,
            [("risk tier", prompt.get_risk_tier_display()), ("hazards", prompt.hazards)],
            "the risk management system",
        ),
        Point("6", "Changes over its life", OWNER, [("versions", _versions(prompt))]),
        Point(
            "7",
            "Standards that were applied",
            ORGANISATION,
            [("regulation tags", ", ".join(prompt.regulation_tags))],
            "harmonised standards",
        ),
        Point("8", "The declaration of conformity", ORGANISATION, outside="a copy of the declaration"),
        Point(
            "9", "Monitoring once it is in use", ORGANISATION, outside="the plan for monitoring after release"
        ),
    ]


def _runs(version: Version) -> Any:
    rows = Run.objects.filter(version_digest=version.digest, prompt=version.prompt_id, state="finished")
    return rows.select_related("suite").order_by("pk") if version.digest else Run.objects.none()


def _tested(run: Run) -> str:
    return f"{run.suite.name}: {run.passed} passed, {run.failed} failed, {run.errors} errors (run {run.pk})"


def _suites(runs: list[Run]) -> str:
    return ", ".join(sorted({f"{run.suite.name} ({run.case_digest[:12]})" for run in runs}))


def _models(runs: list[Run]) -> str:
    return ", ".join(
        sorted({str(one.get("model") or one.get("name")) for run in runs for one in run.providers})
    )


def _writers(version: Version | None) -> str:
    return ", ".join(version.authors.values_list("name", flat=True)) if version else ""


def _fragments(version: Version | None) -> str:
    pins = version.fragments if version else []
    return ", ".join(f"{pin['name']}@{pin['version']}" for pin in pins) or "none"


def _settings(version: Version | None) -> str:
    return (
        json.dumps(version.model_settings, ensure_ascii=False)
        if version and version.model_settings
        else "none"
    )


def _note(version: Version | None) -> str:
    return version.change_note if version else ""


def _signed(version: Version | None) -> str:
    rows = SignOff.objects.filter(version=version).order_by("signed_at") if version else []
    return "; ".join(
        f"{row.printed_name}, {row.role}: {row.meaning}, {timestamp(row.signed_at)}" for row in rows
    )


def _stops(prompt: Prompt) -> str:
    told = [
        f"frozen {timestamp(row.at)}: {row.reason}"
        for row in Freeze.objects.filter(prompt=prompt).order_by("pk")
    ]
    told += [f"retired {timestamp(row.at)}: {row.reason}" for row in Retirement.objects.filter(prompt=prompt)]
    return "; ".join(told) or "never frozen or retired"


def _versions(prompt: Prompt) -> str:
    rows = prompt.versions.frozen().order_by("number")
    told = [(row, timestamp(row.frozen_at) if row.frozen_at else "") for row in rows]
    return "; ".join(f"version {row.number}, {at}: {row.change_note or 'no note'}" for row, at in told)
