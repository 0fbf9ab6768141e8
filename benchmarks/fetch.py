"""Fetching a released prompt with a key, against a constant answer of the same web server."""

import argparse
import random

from benchmarks.house import house, middle, milliseconds, server


def main() -> None:
    """Prints medians over all rounds and their ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fetch", description=__doc__)
    parser.add_argument("--prompts", type=int, default=1000)
    parser.add_argument("--versions", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1000)
    wanted = parser.parse_args()
    with (
        house(prompts=wanted.prompts, versions=wanted.versions) as portal,
        server("benchmarks.bare:application", portal.env) as bare,
        server("portal.wsgi:application", portal.env) as product,
    ):
        chosen = [random.randrange(wanted.prompts) for _ in range(wanted.requests)]
        fetches = [f"/api/public/v2/prompts/load%2Fp{number:06d}?label=production" for number in chosen]
        targets = {
            "constant answer, bare WSGI": (bare, ["/"] * wanted.requests, {}),
            "/healthz": (product, ["/healthz"] * wanted.requests, {}),
            "fetch": (product, fetches, portal.headers),
        }
        times: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(wanted.rounds + 1):
            for name, target in targets.items():
                times[name].append(middle(milliseconds(*target)))
    medians = {name: middle(rounds[1:]) for name, rounds in times.items()}  # the first round warms up
    for name, value in medians.items():
        ratio = value / medians["constant answer, bare WSGI"]
        print(f"{name:28} {value:7.3f} ms   {ratio:5.1f} x the constant answer")


if __name__ == "__main__":
    main()
