"""Releasing: through the gate, one live version, and a refusal leaves a trace."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audits.identity.errors import GovernedError, NotThere, Refused, Unacceptable
from audits.identity.services.keys import create_key
from audits.ledger.models import Event
from prompts.lifecycle.services.set_policy import set_synthetic_policy
from prompts.registry.models import Environment, Version
from prompts.registry.services.collections import create_collection
from prompts.registry.services.freeze import freeze_version
from prompts.releases.errors import AlreadyLive, GateClosed
from prompts.releases.models import Release, ReleaseRequest
from prompts.releases.selectors import live_release, pointer_history
from prompts.releases.services.attempt import attempt_release, attempt_releases
from prompts.releases.services.release import release_version
from tests.fixtures.append_only import triggers_off
from tests.people import SHELL, Actor

EVERYBODY = (
    *("author", "engineer", "steward", "expert", "ethics_officer", "documentarian"),
    *("auditor", "administrator", "stranger", "leaver", "service"),
)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.requirement("21-cfr-11/10-g")
def test_engineers_and_stewards_of_the_team_release(factory, gatehouse, who):
    version = factory.approved()
    if who in {"author", "engineer", "steward"}:
        assert gatehouse.release(version, by=who).state == "live"
    else:
        with pytest.raises(GovernedError):
            gatehouse.release(version, by=who)
        assert not Release.objects.exists()


def test_a_release_supersedes_the_one_before_and_says_so(factory, gatehouse):
    first = factory.approved()
    second = factory.approved(factory.next_draft(first.prompt, text="Other {{words}}."))
    gatehouse.release(first)
    gatehouse.release(second)
    assert [(row.version.number, row.state) for row in Release.objects.order_by("pk")] == [
        (1, "superseded"),
        (2, "live"),
    ]
    event = Event.objects.filter(event="releases.release.made").latest("pk")
    assert event.subject == f"{first.prompt.name}@2 to production"
    assert '"from":1' in event.payload


@pytest.mark.requirement("soc-2/cc8-1", "owasp-asvs/16-3")
def test_without_an_approval_the_gate_is_shut_and_the_refusal_recorded(factory, gatehouse):
    version = factory.submitted().version
    with pytest.raises(GateClosed) as shut:
        gatehouse.release(version)
    assert [check.code for check in shut.value.verdict.failed] == ["approval"]
    stopped = ReleaseRequest.objects.get(state="stopped")
    assert stopped.verdict == shut.value.verdict.as_dict()
    assert Event.objects.get(event="releases.release.stopped").actor == "sten"
    assert not Release.objects.exists()


def test_a_draft_passes_no_gate(factory, gatehouse):
    with pytest.raises(GateClosed, match="draft"):
        gatehouse.release(factory.draft(), to="development")


@pytest.mark.requirement("soc-2/cc8-1")
def test_the_approval_is_computed_at_the_switch(factory, gatehouse):
    version = factory.approved()
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE lifecycle_signoff SET text_digest = %s", ["0" * 64])
    with pytest.raises(GateClosed, match="signature"):
        gatehouse.release(version)


def test_a_text_that_was_changed_behind_the_portals_back_is_not_released(factory, gatehouse):
    version = factory.approved()
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_version SET canonical = %s WHERE id = %s", ["{}", version.pk])
    with pytest.raises(GateClosed, match="no longer has the digest"):
        gatehouse.release(version)


def test_several_environments_are_all_or_none(people, factory):
    version = factory.submitted().version
    with pytest.raises(GateClosed):
        attempt_releases(
            actor=people.actor("steward"),
            version_id=version.pk,
            environments=["development", "production"],
            reason="It is better.",
        )
    assert not Release.objects.exists()
    assert ReleaseRequest.objects.get().environment.slug == "production"


def test_what_is_live_is_not_released_again(factory, gatehouse):
    version = factory.approved()
    gatehouse.release(version)
    with pytest.raises(AlreadyLive):
        gatehouse.release(version)


@pytest.mark.parametrize(("verbs", "places"), [(["read"], ["production"]), (["release"], ["staging"])])
def test_a_key_releases_with_its_verb_and_in_its_environments_only(factory, verbs, places):
    version = factory.approved()
    pair = create_key(actor=SHELL, name="ci", collections=["bank"], environments=places, verbs=verbs)
    actor = Actor.for_account(pair.account)
    with pytest.raises(Refused):
        attempt_release(actor=actor, version_id=version.pk, environment="production", reason="From CI.")


def test_a_key_with_both_releases(factory):
    version = factory.approved()
    told = {"collections": ["bank"], "environments": ["production"], "verbs": ["release"]}
    actor = Actor.for_account(create_key(actor=SHELL, name="ci", **told).account)
    done = attempt_release(actor=actor, version_id=version.pk, environment="production", reason="From CI.")
    assert done.released_by_name == "ci"


def test_neither_the_shell_nor_the_portal_releases(factory):
    version = factory.approved()
    for actor in (SHELL, Actor.system("scheduler")):
        with pytest.raises(Refused):
            attempt_release(actor=actor, version_id=version.pk, environment="production", reason="Now.")


def test_the_shell_releases_synthetic_bulk_data(people, factory):
    load = create_collection(actor=SHELL, slug="load", title="Load")
    set_synthetic_policy(actor=SHELL, collection=load)
    frozen = freeze_version(actor=SHELL, version_id=factory.draft("load/p000000", by=SHELL).pk)
    done = attempt_release(actor=SHELL, version_id=frozen.pk, environment="production", reason="Load.")
    assert done.state == "live"


def test_a_reason_and_a_known_place_are_asked_for(people, factory):
    version = factory.approved()
    told = {"actor": people.actor("steward"), "version_id": version.pk}
    with pytest.raises(Unacceptable):
        attempt_release(**told, environment="production", reason=" ")
    with pytest.raises(NotThere):
        attempt_release(**told, environment="moon", reason="It is better.")


def test_the_database_holds_one_live_row_for_each_place(factory, gatehouse):
    row = gatehouse.release(factory.approved())
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(
            prompt=row.prompt,
            version=row.version,
            environment=row.environment,
            released_by_name="x",
            reason="x",
            released_at=timezone.now(),
        )


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_leave_one_live(people, factory):
    first = factory.approved()
    second = factory.approved(factory.next_draft(first.prompt, text="Other {{words}}."))
    actor, start = people.actor("steward"), threading.Barrier(2)

    def release(version_id: int) -> None:
        start.wait()
        try:
            release_version(actor=actor, version_id=version_id, environment="production", reason="Race.")
        finally:
            connection.close()

    threads = [threading.Thread(target=release, args=[version.pk]) for version in (first, second)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Release.objects.filter(state="live").count() == 1
    assert Release.objects.filter(state="superseded").count() == 1


def test_history_tells_who_when_from_to_why_and_by_what(factory, gatehouse, django_assert_num_queries):
    first = factory.approved()
    gatehouse.release(first)
    gatehouse.release(factory.approved(factory.next_draft(first.prompt, text="Other {{words}}.")))
    with django_assert_num_queries(2):
        newest, oldest = pointer_history(first.prompt)
    assert (newest.from_version, newest.to_version, oldest.from_version) == (1, 2, None)
    assert (newest.who, newest.why, newest.environment) == ("sten", "It is better.", "production")
    assert [row["signer"] for row in newest.approvals] == ["sten"]
    live = live_release(first.prompt, Environment.objects.get(slug="production"))
    assert live.version == Version.objects.get(prompt=first.prompt, number=2)
