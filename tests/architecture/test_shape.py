"""What the house promises of its own shape: sizes, and relations that only point down the line."""

import statistics
import subprocess
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400
LONGER: dict[str, str] = {
    "audits/exports/verify.py": "an outsider gets the verifier as one file, by contract",
}
"""Files over the limit, with the reason why they may be."""

LINE = ("adminkit", "ledger", "identity", "notices", "exports", "registry", "evaluations", "lifecycle")
LINE += ("releases", "observability", "serving", "portal")
TOP_LEVEL = {
    *("manage.py", "portal", "prompts", "audits", "templates", "static", "tests"),
    *("README.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "Makefile", "pyproject.toml", "compose.yaml"),
    *("Dockerfile", ".env.example", "docs", "benchmarks", "client", ".ci", ".gitignore", ".dockerignore"),
}


def tracked() -> list[str]:
    """The files that git knows, or those that lie there where there is no git."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def source_lengths() -> dict[str, int]:
    """Lines of each source file outside migrations; files without code are left out."""
    paths = [path for room in ("audits", "prompts", "portal") for path in (ROOT / room).rglob("*.py")]
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in paths
        if "migrations" not in path.parts
    }
    return {name: lines for name, lines in lengths.items() if lines > 1}


def test_no_source_file_is_too_long() -> None:
    long = {name for name, lines in source_lengths().items() if lines > MOST_LINES}
    assert long == set(LONGER)


def test_source_files_are_small_in_the_middle() -> None:
    assert statistics.median(source_lengths().values()) <= 80


def test_the_top_level_holds_only_what_was_agreed() -> None:
    names = {name.split("/")[0] for name in tracked()}
    extra = {name for name in names - TOP_LEVEL if not name.startswith("requirements")}
    assert extra == set()


@pytest.mark.parametrize("label", LINE)
def test_relations_point_down_the_line(label: str) -> None:
    for model in apps.get_app_config(label).get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if target is None or field.auto_created or target._meta.app_label not in LINE:
                continue
            assert LINE.index(target._meta.app_label) <= LINE.index(label), f"{model.__name__}.{field.name}"


@pytest.mark.parametrize(("one", "other"), [("lifecycle", "evaluations"), ("evaluations", "lifecycle")])
def test_approvals_and_evidence_do_not_know_each_other(one: str, other: str) -> None:
    targets = {
        field.related_model._meta.app_label
        for model in apps.get_app_config(one).get_models()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is not None and not field.auto_created
    }
    assert other not in targets
