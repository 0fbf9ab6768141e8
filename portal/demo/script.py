"""The demo organisation as typed data, read from the YAML files beside this module."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
HOUSES = ("bank", "clinic", "shop")


@dataclass(frozen=True)
class Person:
    """A log-in: ``role`` is a role's slug, or ``stranger`` for somebody with none."""

    username: str
    full_name: str
    role: str
    teams: list[str]


@dataclass(frozen=True)
class DemoCase:
    """A test case with the recorded answer per version number."""

    name: str
    vars: dict[str, Any]
    assertions: list[dict[str, Any]]
    answers: dict[int, str]
    tags: list[str]


@dataclass(frozen=True)
class DemoVersion:
    """One text and how far it gets: draft, submitted, changes_requested, approved, released or stopped."""

    note: str
    state: str
    messages: list[dict[str, str]]
    environments: list[str]
    signed_by: list[str]
    comment: str
    frozen: str
    why: str
    remarks: list[dict[str, Any]]


@dataclass(frozen=True)
class DemoPrompt:
    """A prompt with its versions in order, its suite and its cases."""

    name: str
    kind: str
    tags: list[str]
    risk_tier: str
    documentation: dict[str, Any]
    suite: str
    least_pass_rate: str
    versions: list[DemoVersion]
    cases: list[DemoCase] = field(default_factory=list)
    variant_of: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
    clauses: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class House:
    """A collection of the demo."""

    slug: str
    title: str
    description: str
    prompts: list[DemoPrompt]
    dimensions: dict[str, list[str]]


DOCUMENTATION = (
    *("purpose", "intended_use", "excluded_use", "audience", "data", "limits", "hazards"),
    *("explanation", "contact"),
    "regulation_tags",
)


def _version(raw: dict[str, Any]) -> DemoVersion:
    messages = raw.get("messages") or [{"role": "text", "content": raw["text"]}]
    return DemoVersion(
        note=raw["note"],
        state=raw["state"],
        messages=messages,
        environments=raw.get("environments", []),
        signed_by=raw.get("signed_by", []),
        comment=raw.get("comment", ""),
        frozen=raw.get("frozen", ""),
        why=raw.get("why", raw["note"]),
        remarks=raw.get("remarks", []),
    )


def _case(raw: dict[str, Any]) -> DemoCase:
    return DemoCase(raw["name"], raw["vars"], raw["assert"], raw["answers"], raw.get("tags", []))


def _prompt(raw: dict[str, Any]) -> DemoPrompt:
    return DemoPrompt(
        name=raw["name"],
        kind=raw["kind"],
        tags=raw.get("tags", []),
        risk_tier=raw["risk_tier"],
        documentation={key: raw[key] for key in DOCUMENTATION if key in raw},
        suite=raw.get("suite", ""),
        least_pass_rate=raw.get("least_pass_rate", ""),
        versions=[_version(version) for version in raw["versions"]],
        cases=[_case(case) for case in raw.get("cases", [])],
        variant_of=raw.get("variant_of", ""),
        dimensions=raw.get("dimensions", {}),
        clauses=raw.get("clauses", []),
    )


def read_people() -> tuple[list[Person], dict[str, str]]:
    """The people, and the teams as slug → title."""
    raw = yaml.safe_load((FOLDER / "people.yaml").read_text(encoding="utf-8"))
    return [Person(**row) for row in raw["people"]], raw["teams"]


def read_houses() -> list[House]:
    """The three collections with everything in them."""
    houses = []
    for slug in HOUSES:
        raw = yaml.safe_load((FOLDER / f"{slug}.yaml").read_text(encoding="utf-8"))
        prompts = [_prompt(prompt) for prompt in raw["prompts"]]
        houses.append(
            House(raw["collection"], raw["title"], raw["description"], prompts, raw.get("dimensions", {}))
        )
    return houses
