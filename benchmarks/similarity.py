"""Finding the near-duplicates of one text among many, against comparing its signature with every other."""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.house import middle

WORDS = 4000
BATCH = 2000


def main() -> None:
    """Fills an own database with texts of random words, every hundredth a near copy, and prints medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.similarity", description=__doc__)
    parser.add_argument("--prompts", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=30)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as folder:
        os.environ.update(DATA_DIR=folder, DJANGO_SETTINGS_MODULE="portal.settings", LOG_LEVEL="WARNING")
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        measure(Path(folder), wanted.prompts, wanted.words, wanted.rounds)


def measure(folder: Path, prompts: int, words: int, rounds: int) -> None:
    """One round in turn: through the bands, and through all signatures."""
    from django.core.management import call_command
    from django.db import connection

    from prompts.registry.duplicates import Sketch, find_alike
    from prompts.registry.models import TextSignature
    from prompts.registry.similarity import WORTH_A_LOOK, shared

    call_command("migrate", verbosity=0)
    chance = random.Random(1)
    texts = fill(prompts, words, chance)
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    found: list[bool] = []

    def by_bands(key: int, text: str) -> None:
        alike = list(find_alike([Sketch.of(0, text)]))
        found.append(bool(alike) and alike[0][1][0][0] == key)

    def by_scan(key: int, text: str) -> None:
        sketch = Sketch.of(0, text)
        rows = TextSignature.objects.values_list("prompt", "places").iterator(chunk_size=5000)
        near = [other for other, places in rows if shared(sketch.places, bytes(places)) >= WORTH_A_LOOK]
        assert key in near

    times: dict[Callable[[int, str], None], list[float]] = {by_bands: [], by_scan: []}
    for number in range(rounds):
        key, text = chance.choice(texts)
        asked = " ".join("other" if chance.random() < 0.05 else word for word in text.split(" "))
        for way, told in times.items():
            if way is by_scan and number % 10:
                continue
            began = time.perf_counter()
            way(key, asked)
            told.append((time.perf_counter() - began) * 1000)
    one, other = middle(times[by_bands]), middle(times[by_scan])
    print(f"among {prompts:,} texts of {words} words; {connection.vendor}; {size / 1e6:.0f} MB")
    print(f"through the bands {one:8.2f} ms   found {sum(found)} of {len(found)}")
    print(f"all signatures    {other:8.2f} ms   ratio {other / one:.0f}")


def fill(prompts: int, words: int, chance: random.Random) -> list[tuple[int, str]]:
    """Prompts with an indexed text each; returns a thousand of them as (key, text)."""
    from django.utils import timezone

    from audits.adminkit.history import acting
    from prompts.registry.duplicates import keep_newest
    from prompts.registry.models import Collection, Prompt, PromptText

    with acting("benchmark", None):
        collection = Collection.objects.create(slug="load", title="Load")
    kept: list[tuple[int, str]] = []
    text = ""
    for start in range(0, prompts, BATCH):
        rows = [
            Prompt(
                collection=collection, name=f"load/p{number}", created_by="bench", updated_at=timezone.now()
            )
            for number in range(start, min(start + BATCH, prompts))
        ]
        Prompt.objects.bulk_create(rows)
        made = []
        for at, prompt in enumerate(rows):
            text = text + " again" if at % 100 == 99 else sentence(words, chance)
            made.append(PromptText(prompt=prompt, name=prompt.name, body=text))
        PromptText.objects.bulk_create(made)
        keep_newest(row.pk for row in rows)
        kept += [(row.prompt_id, row.body) for row in made[10 : 10 + max(1, 1000 * BATCH // prompts)]]
    return kept


def sentence(words: int, chance: random.Random) -> str:
    """Random words, common ones more often."""
    return " ".join(f"w{int(WORDS * chance.random() ** 3)}" for _ in range(words))


if __name__ == "__main__":
    main()
