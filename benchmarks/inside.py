"""The side of a measurement that runs within one portal: a line with a target's name in, its figures out.

Started by ``benchmarks.search`` once for each portal, since a process knows one database only.
"""

import base64
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.readers import FEW, NARROW, WIDE, make_readers

PAGE = 41
"""Rows of the first page of the portal's list, and one more that tells whether another follows."""
SAMPLE = "bank/credit-decision-explanation"


def bare(words: str) -> Callable[[], int]:
    """The full-text query behind a search and nothing else: the best hits' keys, by rank."""
    from django.db import connection

    if connection.vendor == "sqlite":
        query = "SELECT rowid FROM registry_search WHERE registry_search MATCH %s "
        query += "ORDER BY bm25(registry_search, 10.0, 4.0, 3.0, 1.0), rowid LIMIT %s"
        values: list[Any] = [f'"{words}"', PAGE]
    else:
        asked = "to_tsquery('simple', %s)"
        query = f"SELECT prompt_id FROM registry_prompttext WHERE document @@ {asked} "
        query += f"ORDER BY ts_rank(document, {asked}) DESC, prompt_id LIMIT %s"
        values = [f"'{words}':*", f"'{words}':*", PAGE]

    def ask() -> int:
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            return len(cursor.fetchall())

    return ask


def search(words: str, username: str) -> Callable[[], int]:
    """The search that pages and API call, with the filter of what the person may see."""
    from audits.identity.actors import Actor
    from audits.identity.models import User
    from prompts.registry.search import search_prompts

    actor = Actor.for_user(User.objects.get(username=username))

    def ask() -> int:
        return len(search_prompts(actor, words)[:PAGE])

    return ask


def page(username: str, address: str) -> Callable[[], int]:
    """A page by Django's test client."""
    from django.test import Client

    from audits.identity.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))

    def ask() -> int:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return len(answer.content)

    return ask


def api(address: str) -> Callable[[], int]:
    """An answer of the API to a new key that reads production, by Django's test client."""
    from django.test import Client

    from audits.identity.actors import Actor
    from audits.identity.services.keys import create_key
    from prompts.registry.models import Collection

    pair = create_key(
        actor=Actor.shell(),
        name=f"bench-{time.time_ns()}",
        collections=list(Collection.objects.values_list("slug", flat=True)),
        environments=["production"],
        verbs=["read"],
    )
    secret = base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()
    client = Client(HTTP_AUTHORIZATION=f"Basic {secret}")

    def ask() -> int:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return len(answer.json()["data"])

    return ask


def targets() -> dict[str, Callable[[], int]]:
    """All by their names."""
    from django.db import connection
    from django.urls import reverse

    from portal.synthetic_texts import EVERYWHERE, PLANTED
    from prompts.registry.models import Prompt

    bulk = Prompt.objects.filter(name__startswith="load/").exists()
    make_readers(bulk=bulk)
    listed = reverse("admin:prompts")
    middle = Prompt.objects.order_by("pk")
    sample = middle[middle.count() // 2] if bulk else Prompt.objects.get(name=SAMPLE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "SELECT 1")
    found: dict[str, Callable[[], int]] = {
        "list page": page(WIDE, listed),
        "prompt page": page(WIDE, reverse("admin:prompt", args=[sample.pk])),
        "home page": page(WIDE, reverse("admin:index")),
        "API list": api("/api/v1/prompts"),
    }
    if not bulk:
        return found
    found["list page, narrow"] = page(NARROW, listed)
    found["list page, few"] = page(FEW, listed)
    for size, words in (("11", PLANTED), ("all", EVERYWHERE)):
        found[f"{size}: bare"] = bare(words)
        for reader, username in (("wide", WIDE), ("narrow", NARROW), ("few", FEW)):
            found[f"{size}: search, {reader}"] = search(words, username)
            found[f"{size}: page, {reader}"] = page(username, f"{listed}?q={words}")
        found[f"{size}: API"] = api(f"/api/v1/prompts?q={words}&limit=40")
    return found


def measure(ask: Callable[[], int], times: int) -> dict[str, Any]:
    """Milliseconds of each time, queries of the last one, and what it returned."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    told = []
    for _ in range(times):
        began = time.perf_counter()
        size = ask()
        told.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as caught:
        ask()
    return {"ms": told, "queries": len(caught), "size": size}


def main(arguments: Sequence[str]) -> None:
    """Reads ``name times`` lines, answers each with a line of JSON; the name ``?`` asks for all names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.ALLOWED_HOSTS = ["*"]
    known = targets()
    for line in sys.stdin:
        name, _, times = line.strip().rpartition(" ")
        if name != "?":
            print(json.dumps(measure(known[name], int(times))), flush=True)
        else:
            print(json.dumps({"names": list(known), "vendor": connection.vendor}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
