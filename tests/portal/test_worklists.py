"""Work lists: what stands in them, who sees them, and steps for many rows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.adminkit.history import acting
from portal.selectors.worklists import LISTS, counts, expiries
from prompts.lifecycle.models import ApprovalPolicy
from prompts.observability.models import Call
from prompts.registry.models import Prompt
from prompts.releases.models import Release
from tests.portal.opening import Desk
from tests.releases.conftest import Gatehouse


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def listed(people, name: str, who: str = "steward") -> list[str]:
    """The names in a list as somebody sees it."""
    rows = LISTS[name].rows(Prompt.objects.visible_to(people.actor(who)).in_use())
    return sorted(rows.values_list("name", flat=True))


def age(version, days: int) -> None:
    """Makes a prompt and its releases as old as that."""
    then = timezone.now() - timedelta(days=days)
    Prompt.objects.filter(pk=version.prompt_id).update(updated_at=then)
    Release.objects.filter(prompt=version.prompt_id).update(released_at=then)


@pytest.mark.parametrize(("days", "there"), [(181, True), (179, False)])
def test_stale_is_what_nobody_touched_for_half_a_year(people, factory, days, there) -> None:
    age(factory.draft(name="bank/old"), days)
    assert listed(people, "stale") == ["bank/old"] * there
    assert listed(people, "stale", "stranger") == []


@pytest.mark.parametrize(("who", "there"), [("leaver", True), ("author", False), (None, True)])
@pytest.mark.requirement("nist-ai-rmf/govern-1-6", "sr-26-2/inventory", "iso-42001/a-4-2")
def test_orphaned_is_what_no_active_person_owns(people, factory, who, there) -> None:
    version = factory.draft(name="bank/x", owner=people.author)
    owner = getattr(people, who) if who else None
    Prompt.objects.filter(pk=version.prompt_id).update(owner=owner)
    assert listed(people, "orphaned") == ["bank/x"] * there


@pytest.mark.requirement("nist-ai-rmf/manage-4-1")
def test_untested_is_what_is_live_without_a_finished_run_on_its_text(people, factory) -> None:
    version = factory.released(name="bank/live")
    factory.draft(name="bank/draft")
    assert listed(people, "untested") == ["bank/live"]
    house = Gatehouse(people)
    run = house.run(version, house.suite(), 20, state="failed")
    assert listed(people, "untested") == ["bank/live"]
    type(run).objects.filter(pk=run.pk).update(state="finished")
    assert listed(people, "untested") == []


@pytest.mark.parametrize(("released", "called", "there"), [(31, 31, True), (31, 29, False), (29, 31, False)])
def test_unused_is_what_is_live_and_was_not_called_for_a_month(
    people, factory, released, called, there
) -> None:
    version = factory.released(name="bank/live")
    age(version, released)
    then = timezone.now() - timedelta(days=called)
    Call.objects.create(trace_id="t", span_id="s", started_at=then, prompt=version.prompt, account="x")
    assert listed(people, "unused") == ["bank/live"] * there


@pytest.mark.parametrize(("days", "there"), [(29, True), (31, False)])
def test_expiring_is_what_loses_its_approval_within_a_month(people, factory, days, there) -> None:
    with acting("tests", None):
        for policy in ApprovalPolicy.objects.all():
            policy.validity_days = days
            policy.save()
    version = factory.released(name="bank/live")
    assert listed(people, "expiring") == ["bank/live"] * there
    ends = expiries(Prompt.objects.all())
    assert [(end - timezone.now()).days for end in ends.values()] == [days - 1] * there
    assert version.prompt_id in ends or not there


def test_only_stewards_open_the_lists(desk) -> None:
    assert [desk.get(who, "worklists").status_code for who in ("steward", "author", "auditor")] == [
        200,
        403,
        403,
    ]


@pytest.mark.parametrize("name", LISTS)
def test_each_list_opens_with_hostile_names_as_text(desk, factory, people, name) -> None:
    version = factory.released(name="bank/<b>x", tags=["<i>"])
    age(version, 200)
    text = desk.text("steward", "worklists", list=name)
    assert "<b>x" not in text
    assert LISTS[name].meaning in text


@pytest.mark.parametrize("query", [{"list": "other"}, {"list": "\x00"}])
def test_a_list_that_is_not_there_is_told(desk, query) -> None:
    assert desk.get("steward", "worklists", **query).status_code == 404


def test_queries_do_not_grow_with_rows(desk, factory, people, django_assert_max_num_queries) -> None:
    age(factory.released(), 200)
    browser, address = desk.browser("steward"), reverse("admin:worklists")
    browser.get(address)
    with django_assert_max_num_queries(90) as few:
        browser.get(address)
    for _ in range(3):
        age(factory.released(), 200)
    with django_assert_max_num_queries(len(few)):
        browser.get(address)
    assert counts(people.actor("steward"))["stale"] == 4
