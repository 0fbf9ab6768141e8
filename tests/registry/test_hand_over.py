"""Handing over what a leaver answers for."""

import json

import pytest

from audits.identity.errors import Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.models import Prompt, Steward
from prompts.registry.services.hand_over import hand_over
from tests.people import SHELL
from tests.portal.opening import Desk

WHY = "Leo has left."


@pytest.fixture
def left(people, factory):
    """Leo owns one prompt of the bank and one elsewhere, and keeps a third."""
    rows = [factory.draft(name="bank/a"), factory.draft(name="elsewhere/b", by=SHELL)]
    Prompt.objects.filter(pk__in=[row.prompt_id for row in rows]).update(owner=people.leaver)
    kept = factory.draft(name="bank/c", owner=people.author).prompt
    Steward.objects.create(prompt=kept, user=people.leaver)
    return [*(row.prompt for row in rows), kept]


def move(people, by: str, to: str = "engineer", reason: str = WHY):
    """Hands over in somebody's name."""
    actor, successor = people.actor(by), getattr(people, to)
    return hand_over(actor=actor, from_user=people.leaver, to_user=successor, reason=reason)


def owners() -> dict[str, str]:
    """Who owns what."""
    return dict(Prompt.objects.values_list("name", "owner__username"))


def test_an_administrator_hands_everything_over(people, left) -> None:
    assert move(people, "administrator").moved == ["bank/a", "bank/c", "elsewhere/b"]
    assert owners() == {"bank/a": "emil", "elsewhere/b": "emil", "bank/c": "ada"}
    assert list(Steward.objects.values_list("prompt__name", "user__username")) == [("bank/c", "emil")]


def test_a_steward_hands_over_what_he_may_write(people, left) -> None:
    told = move(people, "steward")
    assert (told.moved, told.left) == (["bank/a", "bank/c"], 0)
    assert owners()["elsewhere/b"] == "leo"


def test_each_prompt_has_its_entry_with_the_reason(people, left) -> None:
    move(people, "administrator")
    rows = Event.objects.filter(event="registry.prompt.handed_over").order_by("subject")
    assert [(row.subject, row.reason, json.loads(row.payload)["as"]) for row in rows] == [
        ("bank/a", WHY, ["owner"]),
        ("bank/c", WHY, ["steward"]),
        ("elsewhere/b", WHY, ["owner"]),
    ]
    assert Prompt.objects.get(name="bank/a").history.count() == 2


def test_who_keeps_it_already_keeps_it_once(people, left) -> None:
    Steward.objects.create(prompt=left[2], user=people.engineer)
    move(people, "administrator")
    assert Steward.objects.count() == 1


@pytest.mark.parametrize("who", ["author", "auditor", "ethics_officer", "service"])
def test_nobody_else_hands_over(people, left, who) -> None:
    with pytest.raises(Refused):
        move(people, who)
    assert owners()["bank/a"] == "leo"


@pytest.mark.parametrize(("to", "reason"), [("leaver", WHY), ("engineer", " "), ("engineer", "\x00")])
def test_without_a_successor_or_a_reason_nothing_moves(people, left, to, reason) -> None:
    with pytest.raises(Unacceptable):
        move(people, "administrator", to, reason)
    assert owners()["bank/a"] == "leo"


def test_the_page_shows_what_moves_and_moves_it(people, left) -> None:
    desk = Desk(people)
    page = desk.text("steward", "hand-over", people.leaver.pk)
    assert ("bank/</span>a" in page or "bank/a" in page, "elsewhere" in page) == (True, False)
    desk.post("steward", "hand-over", people.leaver.pk, to="emil", reason=WHY)
    assert owners() == {"bank/a": "emil", "elsewhere/b": "leo", "bank/c": "ada"}


def test_the_persons_page_leads_there(people, left) -> None:
    browser = Desk(people).browser("administrator")
    text = browser.get(f"/admin/identity/user/{people.leaver.pk}/change/").content.decode()
    assert f"/admin/people/{people.leaver.pk}/hand-over/" in text
