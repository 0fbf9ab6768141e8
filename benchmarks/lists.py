"""List and search of the API at two sizes: the larger one against the smaller one in one run."""

import argparse

from benchmarks.house import house, middle, milliseconds, server

QUESTIONS = {
    "list, first page": "/api/v1/prompts?limit=50",
    "search, few hits": "/api/v1/prompts?limit=50&q=p00001",
    "search, all match": "/api/v1/prompts?limit=50&q=load",
}


def main() -> None:
    """Prints medians at both sizes and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=40)
    wanted = parser.parse_args()
    with (
        house(prompts=wanted.small, versions=2) as few,
        house(prompts=wanted.large, versions=2) as many,
        server("portal.wsgi:application", few.env) as small,
        server("portal.wsgi:application", many.env) as large,
    ):
        for name, path in QUESTIONS.items():
            rounds: list[tuple[float, float]] = []
            for _ in range(wanted.rounds + 1):
                paths = [path] * wanted.requests
                one = middle(milliseconds(small, paths, few.headers))
                other = middle(milliseconds(large, paths, many.headers))
                rounds.append((one, other))
            one, other = (middle(list(times)) for times in zip(*rounds[1:], strict=True))
            sizes = f"{one:7.2f} ms at {wanted.small:,}  {other:7.2f} ms at {wanted.large:,}"
            print(f"{name:20} {sizes}   ratio {other / one:4.1f}")


if __name__ == "__main__":
    main()
