"""Webhooks are told from the ledger: of what they asked for, what their owner may see, each event once."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.identity.services.people import create_user, set_members
from audits.ledger.models import Event
from audits.notices.models import Delivery, Notice, Told
from audits.notices.services.endpoints import create_endpoint, disable_endpoint, enable_endpoint
from audits.notices.services.send_deliveries import send_deliveries
from audits.notices.webhooks import MOST_BYTES
from portal.admin.endpoints import kinds
from portal.services.tell_checkpoints import KIND as CHECKPOINT
from prompts.registry.services.comments import write_comment
from prompts.registry.services.watches import set_watch
from prompts.releases.services.freeze import freeze_prompt
from tests.people import SHELL
from tests.portal.telling import tell

pytestmark = pytest.mark.django_db
ALL = [name for name, _ in kinds()]
SECRET_TEXT = "Whatever the customer says about {{secret}}, stay kind."


@pytest.fixture
def hook(people):
    """An endpoint of an administrator, who sees everything, for every kind."""

    def make(name="hook", owner="administrator", asked=ALL, **scope):
        scope = scope or {"all_collections": True}
        return create_endpoint(
            actor=SHELL,
            name=name,
            url="https://hooks.example/",
            kinds=asked,
            owner=getattr(people, owner),
            **scope,
        ).endpoint

    return make


@pytest.fixture
def letter(people, factory):
    """A draft; what happened until now was told."""
    version = factory.draft("bank/letter", text=SECRET_TEXT, risk_tier="high")
    tell()
    return version


def freeze(people, version):
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="Harm.")
    tell()


@pytest.mark.requirement("iso-42001/a-8-4", "owasp-asvs/16-4-3")
def test_an_event_becomes_one_message_per_endpoint(people, hook, letter):
    hook(), hook("other")
    freeze(people, letter)
    tell()
    assert list(Delivery.objects.values_list("endpoint__name", "kind").order_by("pk")) == [
        ("hook", "releases.prompt.frozen"),
        ("other", "releases.prompt.frozen"),
    ]


def test_told_twice_from_an_older_place_nothing_is_doubled(people, hook, letter):
    hook()
    freeze(people, letter)
    before = (Delivery.objects.count(), Notice.objects.count())
    Told.objects.update(position=-1)
    tell()
    again = Delivery.objects.filter(kind="releases.prompt.frozen").count()
    assert again == 1
    assert Notice.objects.filter(kind="releases.prompt.frozen").count() == before[1]


def test_only_kinds_that_were_asked_for_come(people, hook, letter):
    hook(asked=["releases.prompt.retired"])
    freeze(people, letter)
    assert not Delivery.objects.exists()


def test_only_collections_that_were_named_come(people, hook, letter):
    hook(collections=["elsewhere"])
    hook("bank", collections=["bank"])
    freeze(people, letter)
    assert Delivery.objects.get().endpoint.name == "bank"


def test_what_the_owner_may_not_see_does_not_come(people, hook, letter):
    hook(owner="stranger")
    freeze(people, letter)
    assert not Delivery.objects.exists()


def test_while_it_is_off_nothing_is_queued(people, hook, letter):
    row = hook()
    disable_endpoint(actor=SHELL, endpoint_id=row.pk, reason="x")
    freeze(people, letter)
    enable_endpoint(actor=SHELL, endpoint_id=row.pk)
    tell()
    assert not Delivery.objects.filter(kind="releases.prompt.frozen").exists()


def test_the_body_names_and_links_and_tells_no_text(people, factory, hook, letter, settings):
    settings.PUBLIC_URL = "https://prompts.bank.example"
    hook()
    factory.submitted(letter)
    write_comment(actor=people.actor("expert"), prompt_id=letter.prompt_id, text="A word of mine.")
    tell()
    bodies = [json.loads(row.body) for row in Delivery.objects.order_by("pk")]
    asked = next(body for body in bodies if body["type"] == "lifecycle.request.opened")
    assert asked["data"]["prompt"]["name"] == "bank/letter"
    assert (asked["data"]["version"], asked["data"]["actor"]) == (1, people.author.username)
    assert asked["data"]["url"].startswith("https://prompts.bank.example/admin/")
    assert len(asked["data"]["facts"]["digest"]) == 64
    told = json.dumps(bodies)
    for text in ("customer says", "A word of mine.", "It is needed."):
        assert text not in told


def test_a_release_names_its_environment(people, factory, hook, letter):
    hook()
    factory.released(factory.draft("bank/other"), environment="development")
    tell()
    body = json.loads(Delivery.objects.get(kind="releases.release.made").body)
    assert (body["data"]["version"], body["data"]["environment"]) == (1, "development")


def test_the_longest_names_stay_below_the_limit(people, factory, hook):
    hook()
    version = factory.draft("bank/" + "ä" * 250)
    tell()
    freeze(people, version)
    assert len(Delivery.objects.get(kind="releases.prompt.frozen").body) < MOST_BYTES


def test_an_event_whose_people_cannot_be_found_still_reaches_webhooks(people, hook, letter, monkeypatch):
    from dataclasses import replace

    from portal.tidings import TIDINGS

    def broken(prompt, payload, audience):
        raise LookupError("a fault of ours")

    hook()
    line = TIDINGS["releases.prompt.frozen"]
    monkeypatch.setitem(TIDINGS, "releases.prompt.frozen", replace(line, find=broken))
    freeze(people, letter)
    assert Delivery.objects.count() == 1


def test_the_owner_is_told_when_it_was_turned_off(people, hook, stub_server, settings):
    from tests.fixtures.stub import Answer

    row = hook()
    row.url = f"{stub_server.url}/in"
    type(row).objects.filter(pk=row.pk).update(url=row.url)
    stub_server.answer("/in", Answer(b"", 410))
    Delivery.objects.create(endpoint=row, kind="a.b.c", body="{}")
    tell()
    send_deliveries(endpoint_id=row.pk)
    tell()
    notice = Notice.objects.get(user=people.administrator)
    assert "was turned off" in notice.words
    assert notice.address.endswith(f"/{row.pk}/deliveries/")


def test_each_kind_of_event_is_offered_once_and_is_declared():
    from audits.ledger.events import kinds as declared

    assert len(ALL) == len(set(ALL))
    assert set(ALL) - {CHECKPOINT} <= set(declared())  # a checkpoint is no entry of the log


def test_telling_asks_as_often_for_many_people_and_prompts_as_for_few(people, factory, hook):
    hook()
    versions = [factory.draft(f"bank/p{number}") for number in range(6)]
    members = [
        create_user(actor=SHELL, username=f"u{number}", full_name=f"U {number}", roles=["domain-expert"])
        for number in range(8)
    ]
    set_members(actor=SHELL, team=people.team, members=[*people.team.group.user_set.all(), *members])
    tell()

    def cost(some, watching):
        for version in some:
            for user in watching:
                from audits.identity.actors import Actor

                set_watch(actor=Actor.for_user(user), prompt_id=version.prompt_id, is_on=True)
            write_comment(actor=people.actor("author"), prompt_id=version.prompt_id, text="x")
        from audits.ledger.services import integrate
        from portal.services.tell_people import tell_people

        integrate(wait=True)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            tell_people()
        return len(asked)

    one = cost(versions[:1], members[:1])
    few = cost(versions[1:3], members[:1])
    many = cost(versions[1:3], members)
    assert many == few  # people cost nothing
    assert few - one <= 5  # an event costs its own savepoints and its comment, no person's question
    assert Event.objects.filter(event="registry.comment.written").count() == 5


def test_what_is_told_quietly_counts_as_read_and_goes_nowhere(people, hook, letter):
    from audits.ledger.services import integrate
    from portal.services.tell_people import tell_people

    hook()
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=letter.prompt_id, reason="Harm.")
    integrate(wait=True)
    tell_people(quietly=True)
    assert Notice.objects.exists()
    assert not Notice.objects.filter(read_at__isnull=True).exists()
    assert not Delivery.objects.exists()
