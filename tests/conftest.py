"""What every test may ask for. The database is real, and filled through the real services."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from audits.identity.actors import Actor

pytest_plugins = [
    "tests.fixtures.append_only",
    "tests.fixtures.database",
    "tests.fixtures.langfuse_sdk",
    "tests.fixtures.processes",
    "tests.fixtures.provider",
    "tests.fixtures.stub",
    "tests.fixtures.mail",
    "tests.fixtures.browser",
    "tests.fixtures.entries",
    "tests.fixtures.selection",
]


@pytest.fixture(scope="session", autouse=True)
def _own_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keys and files of a test run lie in a folder of their own."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("data")
    before, settings.DATA_DIR = settings.DATA_DIR, folder
    yield folder
    settings.DATA_DIR = before


@pytest.fixture(autouse=True)
def _no_marks() -> None:
    """What a test before this one fetched is not remembered: its rows are gone."""
    from prompts.serving.services.marks import forget_marks

    forget_marks()


@pytest.fixture(autouse=True)
def _own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test before this one asked of a provider counts for nothing in the next."""
    from prompts.evaluations.providers import pace, shared_pace

    monkeypatch.setattr(shared_pace.PACE, "_own", pace.OwnPace())


@pytest.fixture(scope="session")
def samples() -> Path | None:
    """The folder of real data, or None (said loudly once) where ``SAMPLES_DIR`` is not set."""
    if folder := os.environ.get("SAMPLES_DIR"):
        assert Path(folder).is_dir(), f"SAMPLES_DIR names {folder}, which is no folder."
        return Path(folder)
    warnings.warn("SAMPLES_DIR is not set: tests of real data run on small fixtures only.", stacklevel=1)
    return None


@pytest.fixture
def shell() -> Actor:
    """Whoever types a command."""
    return Actor.shell()


@pytest.fixture
def house(db: None) -> None:
    """Roles, environments, policies, gates and the local provider, as a new portal has them."""
    from portal.services.setup_portal import setup_portal

    setup_portal(actor=Actor.shell())


@pytest.fixture
def people(house: None):
    """Everybody on stage, and the bank's collection."""
    from prompts.registry.services.collections import create_collection
    from tests.people import SHELL, make_people

    cast = make_people()
    create_collection(actor=SHELL, slug="bank", title="Bank", team=cast.team)
    create_collection(actor=SHELL, slug="elsewhere", title="Elsewhere", team=cast.other_team)
    return cast


@pytest.fixture
def bank(people):
    """The bank's collection."""
    from prompts.registry.models import Collection

    return Collection.objects.get(slug="bank")


@pytest.fixture
def factory(people):
    """Makes objects by walking them through the real services to a named state."""
    from tests.factories import Factory

    return Factory(people)
