"""Full-text search over names, tags, purposes and newest texts, narrowed to what the actor may see.

SQLite answers from an FTS5 table of trigrams (any part of a word from three characters on, in any script),
PostgreSQL from a ``tsvector`` of words and their beginnings. Both rank a hit in the name over one in a tag,
that over one in the purpose and that over one in the text. What is typed never becomes query syntax.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from audits.identity.actors import Actor
from prompts.registry.inclusion import split
from prompts.registry.models import Prompt, PromptTag, PromptText, Version
from prompts.registry.paging import best_first, recent_first
from prompts.registry.uses import prompts_using

LONGEST_QUERY = 300
MOST_TERMS = 12
LONGEST_BODY = 200_000
"""Characters of a text that are indexed; PostgreSQL's tsvector ends at a megabyte."""
OPERATORS = ("tag", "owner", "tier", "kind", "in", "uses", "base")
_TOKEN = re.compile(r'(?:(?P<operator>\w+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')
_UNPRINTABLE = re.compile("[\x00-\x1f\ud800-\udfff]")


@dataclass(slots=True)
class Query:
    """What was typed, taken apart: words that must all occur, and operators with their values."""

    terms: list[str] = field(default_factory=list)
    operators: list[tuple[str, str]] = field(default_factory=list)


def read_query(text: str) -> Query:
    """Takes ``credit "plain words" tag:safety owner:ada tier:high uses:a/b base:a/c`` apart; never fails."""
    query = Query()
    for match in _TOKEN.finditer(_UNPRINTABLE.sub(" ", text[:LONGEST_QUERY])):
        operator, value = (match["operator"] or "").lower(), match["quoted"] or match["plain"] or ""
        if operator in OPERATORS and value:
            query.operators.append((operator, value))
        elif term := (match[0].strip('"') if operator else value).strip():
            query.terms.append(term)
    del query.terms[MOST_TERMS:], query.operators[MOST_TERMS:]
    return query


def search_prompts(
    actor: Actor,
    query: str,
    *,
    within: QuerySet[Prompt] | None = None,
    after: str = "",
    collection: str | None = None,
    tag: str | None = None,
    tier: str | None = None,
    owner: str | None = None,
    kind: str | None = None,
) -> QuerySet[Prompt]:
    """The prompts that the actor may see and that fit, best first (most recent first without words).

    ``within`` narrows further (a queryset over Prompt that was neither cut nor ordered). ``after`` is the
    place (paging.py) of the row before the first one. An unknown tag, tier or owner fits nothing.
    """
    typed = read_query(query)
    narrowed: Any = Prompt.objects.all() if within is None else within
    rows: QuerySet[Prompt] = narrowed.visible_to(actor).in_use()
    given = {"in": collection, "tag": tag, "tier": tier, "owner": owner, "kind": kind}
    for operator, value in [*((key, value) for key, value in given.items() if value), *typed.operators]:
        rows = _narrow(rows, operator, value)
    if not typed.terms:
        return recent_first(rows, after)
    if connection.vendor == "sqlite":
        return _on_sqlite(rows, typed.terms, after)
    return _on_postgres(rows, typed.terms, after)


def _narrow(rows: QuerySet[Prompt], operator: str, value: str) -> QuerySet[Prompt]:
    if operator == "tag":
        return rows.filter(Exists(PromptTag.objects.filter(prompt=OuterRef("pk"), name__iexact=value)))
    if operator == "owner":
        return rows.filter(Q(owner__username__iexact=value) | Q(owner__full_name__icontains=value))
    if operator == "uses":
        return rows.filter(pk__in=prompts_using(*split(value)).values("version__prompt"))
    if operator == "base":
        return rows.filter(variant__base__name=value)
    if operator == "in":
        return rows.filter(collection__slug=value.strip("/"))
    return rows.filter(**{"risk_tier" if operator == "tier" else "kind": value.lower()})


def _on_sqlite(rows: QuerySet[Prompt], terms: list[str], after: str) -> QuerySet[Prompt]:
    # Trigrams know nothing shorter than three characters, and two Chinese ones are a word:
    # those are scanned for.
    for term in (term for term in terms if len(term) < 3):
        text = Q(search_text__name__icontains=term) | Q(search_text__tags__icontains=term)
        rows = rows.filter(
            text | Q(search_text__purpose__icontains=term) | Q(search_text__body__icontains=term)
        )
    matched = " AND ".join('"' + term.replace('"', '""') + '"' for term in terms if len(term) >= 3)
    if not matched:
        return best_first(rows, "0.0", after=after)
    return best_first(
        rows,
        "bm25(registry_search, 10.0, 4.0, 3.0, 1.0)",
        after=after,
        tables=["registry_search"],
        # The plus keeps SQLite from asking the index once per prompt.
        where=["registry_search MATCH %s", "registry_prompt.id = +registry_search.rowid"],
        params=[matched],
    )


def _on_postgres(rows: QuerySet[Prompt], terms: list[str], after: str) -> QuerySet[Prompt]:
    words = [word for term in terms for word in re.findall(r"\w+", term)]
    matched = " & ".join(f"'{word}':*" for word in words)
    parts = ["%" + re.sub(r"([\\%_])", r"\\\1", term) + "%" for term in terms]
    # A tsvector knows whole words and their beginnings: parts of a name are looked for in all names (which
    # have an index of trigrams), and scripts that write no spaces between words in all texts.
    text = "registry_prompttext"
    columns = ", ".join(f"{text}.{column}" for column in ("name", "tags", "purpose", "body"))
    searched = f"{text}.name" if all(term.isascii() for term in terms) else f"concat_ws(' ', {columns})"
    rank = f"-ts_rank({text}.document, to_tsquery('simple', %s)) "
    rank += f"- CASE WHEN {_each(f'{text}.name', parts)} THEN 1 ELSE 0 END"
    return best_first(
        rows,
        rank,
        [matched, *parts],
        after=after,
        tables=[text],
        where=[
            f"{text}.prompt_id = registry_prompt.id",
            f"({text}.document @@ to_tsquery('simple', %s) OR {_each(searched, parts)})",
        ],
        params=[matched, *parts],
    )


def _each(column: str, parts: list[str]) -> str:
    """A condition that an index of trigrams can answer, other than ``ILIKE ALL``."""
    return "(" + " AND ".join([f"{column} ILIKE %s"] * len(parts)) + ")"


def reindex(prompt: Prompt, version: Version | None = None) -> None:
    """Writes the row that is searched; ``version`` is the newest one where the caller has it at hand."""
    newest = version or Version.objects.filter(prompt=prompt).order_by("-number").first()
    row = PromptText(
        prompt=prompt,
        name=prompt.name,
        tags=" ".join([*prompt.tags, *prompt.regulation_tags]),
        purpose=prompt.purpose,
        body=(newest.text if newest else "")[:LONGEST_BODY],
    )
    PromptText.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["prompt"],
        update_fields=["name", "tags", "purpose", "body"],
    )
