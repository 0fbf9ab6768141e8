"""A release that was changed behind the portal's back is found and named."""

import pytest
from django.utils import timezone

from audits.ledger.services import integrate
from audits.ledger.verification import verify
from prompts.releases.models import Release
from tests.ledger.helpers import behind_the_back


@pytest.fixture
def release(factory):
    """The second release of a prompt, with its entries in the tree."""
    first = factory.released()
    factory.released(factory.next_draft(first.prompt, text="Other."))
    integrate()
    return Release.objects.get(state="live")


def first_bad():
    bad = verify().first_bad
    return (bad.kind, bad.subject, bad.position is not None) if bad else None


def test_untouched_releases_are_sound(release):
    assert first_bad() is None


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'Nothing.'",
        "released_by_name = 'nobody'",
        "replaced_id = NULL",
        "is_rollback = TRUE",
        "is_emergency = TRUE",
    ],
)
def test_a_changed_release_is_named(release, change):
    behind_the_back(f"UPDATE releases_release SET {change} WHERE id = %s", release.pk)  # noqa: S608
    release.refresh_from_db()
    assert first_bad() == ("release", str(release), True)


def test_a_release_of_another_version_than_was_recorded_is_named(release):
    behind_the_back("UPDATE releases_release SET version_id = replaced_id WHERE id = %s", release.pk)
    release.refresh_from_db()
    assert first_bad() == ("release", str(release), False)


def test_a_release_past_the_portal_is_named(release):
    made = Release.objects.create(
        prompt=release.prompt,
        version=release.version,
        environment=release.environment,
        state="withdrawn",
        released_by_name="nobody",
        reason="Slipped in.",
        released_at=timezone.now(),
        ended_at=timezone.now(),
    )
    assert first_bad() == ("release", str(made), False)


def test_a_release_that_vanished_is_named(release):
    behind_the_back("DELETE FROM releases_releaserequest WHERE release_id = %s", release.pk)
    behind_the_back("DELETE FROM releases_release WHERE id = %s", release.pk)
    assert first_bad() == ("release", str(release), True)
