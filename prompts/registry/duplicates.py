"""Near-duplicates among the newest texts: kept as pairs when a text is written, read narrowed to the reader.

Two prompts that are created at the very same moment do not see one another; ``rebuild_similarity`` finds such
a pair, as does the next edit of either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from django.db import connection
from django.db.models import Q

from audits.identity.actors import Actor
from prompts.registry.models import LikePair, Prompt, PromptText, TextBand, TextSignature, Version
from prompts.registry.search import LONGEST_BODY
from prompts.registry.similarity import (
    ALIKE,
    WORTH_A_LOOK,
    bands_of,
    likeness,
    packed,
    shared,
    shingles_of,
    signature_of,
    words_of,
)

BUCKET = 100
"""So many prompts are taken of one band, the oldest first: a text that thousands share stays cheap."""
LOOKED_AT = 40
"""So many candidates, the likest by signature first, are compared word by word."""
KEPT = 30
"""So many near-duplicates are kept of one text, the likest first."""
MOST_PAIRS = 20_000
"""So many pairs, the likest first, are looked through for the groups of the whole library."""
TOGETHER = 20
"""Texts whose bands are asked for in one query; SQLite takes 500 parts in one."""
_BUCKET = """
    SELECT {place} AS place, prompt_id FROM registry_textband WHERE key BETWEEN {key} AND {key}
    ORDER BY key, prompt_id LIMIT {most}
"""
"""A range of one key, since only the index over key and prompt has this order: asked for one key in the order
of prompts, PostgreSQL may go through the bands of all prompts instead."""


@dataclass(slots=True)
class Sketch:
    """A newest text as it is compared: the prompt's key, its words, its packed signature and bands."""

    key: int
    words: list[str]
    places: bytes
    bands: list[int]

    @classmethod
    def of(cls, key: int, text: str) -> Self:
        """From the text itself."""
        words = words_of(text[:LONGEST_BODY])
        signature = signature_of(shingles_of(words))
        return cls(key, words, packed(signature), bands_of(signature))


def keep_similarity(prompt: Prompt, version: Version | None = None) -> None:
    """Writes signature, bands and pairs of the prompt's newest text; ``version`` where it is at hand."""
    newest = version or Version.objects.filter(prompt=prompt).order_by("-number").first()
    keep_sketches([Sketch.of(prompt.pk, newest.text if newest else "")])


def keep_newest(prompt_ids: Iterable[int]) -> None:
    """The same for many prompts at once, as imports and ``rebuild_similarity`` need it."""
    rows = PromptText.objects.filter(prompt__in=list(prompt_ids)).values_list("prompt", "body")
    keep_sketches([Sketch.of(key, body) for key, body in rows.order_by("prompt")])


def keep_sketches(sketches: list[Sketch]) -> None:
    """Writes all signatures and bands first, so that texts of one batch find one another; then the pairs."""
    keys = [sketch.key for sketch in sketches]
    TextBand.objects.filter(prompt__in=keys).delete()
    LikePair.objects.filter(Q(one__in=keys) | Q(other__in=keys)).delete()
    TextSignature.objects.bulk_create(
        [TextSignature(prompt_id=sketch.key, places=sketch.places) for sketch in sketches],
        update_conflicts=True,
        unique_fields=["prompt"],
        update_fields=["places"],
        batch_size=400,
    )
    bands = [TextBand(prompt_id=sketch.key, key=band) for sketch in sketches for band in sketch.bands]
    TextBand.objects.bulk_create(bands, batch_size=400)
    found = {}
    for start in range(0, len(sketches), TOGETHER):
        for sketch, alike in find_alike(sketches[start : start + TOGETHER]):
            for key, told in alike:
                found[min(sketch.key, key), max(sketch.key, key)] = told
    pairs = [LikePair(one_id=one, other_id=other, likeness=found[one, other]) for one, other in sorted(found)]
    LikePair.objects.bulk_create(pairs, ignore_conflicts=True, batch_size=300)


def find_alike(sketches: list[Sketch]) -> Iterator[tuple[Sketch, list[tuple[int, int]]]]:
    """For each of at most ``TOGETHER`` texts its near-duplicates: (key, per mille), the likest first.

    Three queries: who shares a band, their signatures, and the texts of those that are worth a look.
    """
    met = _met(sketches)
    keys = {key for counted in met for key in counted}
    if not keys:
        return
    signatures = {
        key: bytes(places)
        for key, places in TextSignature.objects.filter(prompt__in=keys).values_list("prompt", "places")
    }
    worth = [_worth(sketch, counted, signatures) for sketch, counted in zip(sketches, met, strict=True)]
    wanted = {key for keys in worth for key in keys}
    bodies = PromptText.objects.filter(prompt__in=wanted).values_list("prompt", "body")
    words = {key: words_of(body) for key, body in bodies}
    for sketch, keys_to_try in zip(sketches, worth, strict=True):
        found = [(key, likeness(sketch.words, words[key])) for key in keys_to_try if key in words]
        near = sorted((row for row in found if row[1] >= ALIKE), key=lambda row: (-row[1], row[0]))
        if near:
            yield sketch, near[:KEPT]


def _met(sketches: list[Sketch]) -> list[set[int]]:
    """For each text the keys of the prompts that share a band with it."""
    wanted = [(at, band) for at, sketch in enumerate(sketches) for band in sketch.bands]
    met: list[set[int]] = [set() for _ in sketches]
    if not wanted:
        return met
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            bucket = f"SELECT * FROM ({_BUCKET.format(place='%s', key='%s', most=BUCKET)})"  # noqa: S608
            values = [value for at, band in wanted for value in (at, band, band)]
            cursor.execute(" UNION ALL ".join([bucket] * len(wanted)), values)
        else:  # the same with one plan for all
            bucket = _BUCKET.format(place="wanted.place", key="wanted.band", most=BUCKET)
            cursor.execute(
                "SELECT bucket.* FROM unnest(%s::int[], %s::bigint[]) AS wanted (place, band), "  # noqa: S608
                f"LATERAL ({bucket}) AS bucket",
                [list(column) for column in zip(*wanted, strict=True)],
            )
        for at, key in cursor.fetchall():
            if key != sketches[at].key:
                met[at].add(key)
    return met


def _worth(sketch: Sketch, keys: set[int], signatures: dict[int, bytes]) -> list[int]:
    """The candidates whose signatures promise enough, the likest first."""
    near = [(shared(sketch.places, signatures[key]), key) for key in keys if key in signatures]
    promising = sorted((row for row in near if row[0] >= WORTH_A_LOOK), key=lambda row: (-row[0], row[1]))
    return [key for _, key in promising[:LOOKED_AT]]


def near_duplicates(actor: Actor, prompt: Prompt, most: int = 10) -> list[tuple[Prompt, int]]:
    """Prompts in use that the actor may see and whose newest text is like this one's: (prompt, per mille)."""
    pairs = LikePair.objects.filter(Q(one=prompt) | Q(other=prompt)).values_list("one", "other", "likeness")
    alike = {one if other == prompt.pk else other: told for one, other, told in pairs}
    if not alike:
        return []
    rows = Prompt.objects.visible_to(actor).in_use().filter(pk__in=alike).order_by("name")
    return sorted(((row, alike[row.pk]) for row in rows), key=lambda pair: -pair[1])[:most]


def likeness_of(one: str, other: str) -> int:
    """Per mille of likeness of two texts, exact."""
    return likeness(words_of(one[:LONGEST_BODY]), words_of(other[:LONGEST_BODY]))


@dataclass(frozen=True, slots=True)
class Group:
    """Prompts that hang together by pairs; ``pairs`` are (prompt, prompt, per mille), the likest first."""

    prompts: list[Prompt]
    pairs: list[tuple[Prompt, Prompt, int]]

    @property
    def likest(self) -> int:
        """Per mille of the likest pair."""
        return self.pairs[0][2]


def duplicate_groups(actor: Actor) -> list[Group]:
    """Groups of near-duplicates among the prompts in use that the actor may see, the biggest first."""
    seen = Prompt.objects.visible_to(actor).in_use().values("pk")
    pairs = LikePair.objects.filter(one__in=seen, other__in=seen).order_by("-likeness", "pk")
    told = list(pairs.values_list("one", "other", "likeness")[:MOST_PAIRS])
    heads: dict[int, int] = {}

    def head(key: int) -> int:
        while heads.setdefault(key, key) != key:
            heads[key] = key = heads[heads[key]]
        return key

    for one, other, _ in told:
        heads[head(other)] = head(one)
    prompts = Prompt.objects.select_related("owner", "collection").in_bulk(
        {key for one, other, _ in told for key in (one, other)}
    )
    members: dict[int, list[Prompt]] = defaultdict(list)
    for key in sorted(prompts, key=lambda key: prompts[key].name):
        members[head(key)].append(prompts[key])
    linked: dict[int, list[tuple[Prompt, Prompt, int]]] = defaultdict(list)
    for one, other, alike in told:
        linked[head(one)].append((prompts[one], prompts[other], alike))
    groups = [Group(members[key], linked[key]) for key in members]
    return sorted(groups, key=lambda group: (-len(group.prompts), -group.likest, group.prompts[0].name))
