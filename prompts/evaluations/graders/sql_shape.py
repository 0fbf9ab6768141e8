"""``is-sql`` and ``contains-sql``, with allowed tables and columns."""

import re
from typing import Any

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided
from prompts.evaluations.graders.slow_lane import LANE, BadPattern

SECONDS = 5.0
MOST = 1_000_000
DIALECTS = {
    "athena": "athena", "bigquery": "bigquery", "db2": "", "flinksql": "", "hive": "hive", "mariadb": "mysql",
    "mysql": "mysql", "noql": "postgres", "postgresql": "postgres", "redshift": "redshift",
    "snowflake": "snowflake", "sqlite": "sqlite", "transactsql": "tsql", "trino": "trino",
}  # fmt: skip
FENCE = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[ \t]*(.*?)[ \t]*$")


def _wanted(asked: Asked) -> dict[str, Any]:
    value = asked.value or {}
    if not isinstance(value, dict):
        raise CannotGrade(f"needs an object as value: {asked.type} takes databaseType and what is allowed")
    name = str(value.get("databaseType") or "MySQL")
    dialect = DIALECTS.get(name.lower().partition("(")[0])
    if dialect is None:
        raise CannotGrade(f"there is no databaseType {name[:40]!r}")
    found: dict[str, Any] = {"dialect": dialect}
    for field, key in (("allowedTables", "tables"), ("allowedColumns", "columns")):
        allowed = value.get(field) or []
        if not isinstance(allowed, list) or not all(isinstance(one, str) for one in allowed):
            raise CannotGrade(f"needs a list of texts as {field}")
        found[key] = allowed
    return found


def _fault(text: str, wanted: dict[str, Any]) -> str:
    """What is wrong with the SQL; empty if nothing is."""
    if not text.strip() or len(text) > MOST:
        return "it is empty" if not text.strip() else "it is too long"
    try:
        return str(LANE.ask("sql", SECONDS, text=text, **wanted))
    except BadPattern as error:
        raise CannotGrade(f"the SQL cannot be judged: {error}") from None
    except TimeoutError:
        raise CannotGrade(f"reading the SQL took longer than {SECONDS:g} s") from None


def is_sql(asked: Asked) -> Graded:
    """The whole output is SQL of the dialect, touching only what is allowed."""
    fault = _fault(asked.text, _wanted(asked))
    return decided(asked, not fault, f"be valid SQL: {fault}" if fault else "be valid SQL")


def blocks(text: str) -> list[str]:
    """What stands in fences without a language or with ``sql``."""
    found: list[str] = []
    fence, kept = "", False
    inside: list[str] = []
    for line in text.splitlines():
        mark = FENCE.match(line)
        if not fence:
            if mark:
                fence, kept, inside = mark[1], mark[2].lower() in {"", "sql"}, []
        elif mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2]:
            found += ["\n".join(inside)] if kept else []
            fence = ""
        else:
            inside.append(line)
    return found


def contains_sql(asked: Asked) -> Graded:
    """One fenced block is SQL; without such blocks, the whole output is."""
    wanted, fault = _wanted(asked), "there is none"
    for part in blocks(asked.text) or [asked.text]:
        if part.strip() and not (fault := _fault(part, wanted)):
            return decided(asked, True, "contain SQL")
    return decided(asked, False, f"contain SQL: {fault}")
