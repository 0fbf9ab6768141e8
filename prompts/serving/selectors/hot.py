"""The hot path: the live version of a prompt under a label, in one indexed statement."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.models import Freeze, Release, Retirement


@dataclass(frozen=True, slots=True)
class Ending:
    """A prompt that is still served and has a day on which that ends; ``successor`` is empty where none
    is named.
    """

    told_at: datetime
    sunset_at: datetime
    successor: str


@dataclass(frozen=True, slots=True)
class Served:
    """One version as stored, with the environments (of the asking key) where it is live."""

    prompt_id: int
    version_id: int
    name: str
    kind: str
    format: str
    tags: list[str]
    number: int
    messages: list[dict[str, Any]]
    config: Any
    note: str
    digest: str
    fragments: list[dict[str, Any]]
    labels: list[str]
    ending: Ending | None = None


@cache
def statement() -> str:
    """All live releases of one prompt; only the row of the label carries the text."""
    tables = {
        model.__name__: model._meta.db_table
        for model in (Prompt, Version, Environment, Release, Freeze, Retirement)
    }
    return """
        SELECT e.slug, v.id, p.name, p.kind, p.tags, v.number, v.change_note, v.digest, v.fragments,
               CASE WHEN e.slug = %s THEN v.messages END, CASE WHEN e.slug = %s THEN v.config END,
               f.id, t.sunset_at, v.format, p.id, t.at, s.name
        FROM {Prompt} p
        JOIN {Release} r ON r.prompt_id = p.id AND r.state = 'live'
        JOIN {Environment} e ON e.id = r.environment_id
        JOIN {Version} v ON v.id = r.version_id
        LEFT JOIN {Freeze} f ON f.prompt_id = p.id AND f.lifted_at IS NULL
        LEFT JOIN {Retirement} t ON t.prompt_id = p.id
        LEFT JOIN {Prompt} s ON s.id = t.successor_id
        WHERE p.name = %s
        ORDER BY e.rank DESC
    """.format(**tables)  # noqa: S608  names of tables only


def live_under(name: str, label: str, environments: list[str]) -> Served | None:
    """What is live under the label and in one of these environments; None also where a freeze or the end
    of the prompt lies over it, which the slow way (``reach.py``) looks into.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement(), [label, label, name])
        rows = cursor.fetchall()
    found = next((row for row in rows if row[0] == label), None)
    if found is None or label not in environments or found[11] is not None:
        return None
    ending = None if found[12] is None else Ending(_moment(found[15]), _moment(found[12]), found[16] or "")
    if ending is not None and ending.sunset_at <= timezone.now():
        return None
    return Served(
        prompt_id=found[14],
        version_id=found[1],
        name=found[2],
        kind=found[3],
        format=found[13],
        tags=json.loads(found[4]),
        number=found[5],
        note=found[6],
        digest=found[7],
        fragments=json.loads(found[8]),
        messages=json.loads(found[9]),
        config=json.loads(found[10]),
        labels=[row[0] for row in rows if row[1] == found[1] and row[0] in environments],
        ending=ending,
    )


def _moment(value: Any) -> datetime:
    """A time as the driver gives it: SQLite keeps UTC as text without a zone."""
    told = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
