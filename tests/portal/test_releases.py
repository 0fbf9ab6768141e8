"""Releasing, rolling back, freezing, retiring."""

import pytest

from audits.ledger.models import Event
from prompts.releases.models import Freeze, Release, ReleaseRequest, Retirement
from prompts.releases.services.ask import ask_release
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def press(desk, version, who="steward", environment="production", **more):
    """Sends the release form."""
    sent = {"version": version.number, "environment": environment, "reason": "It is ready.", **more}
    return desk.post(who, "release", version.prompt_id, **sent)


def live(version):
    """Environments and versions that are live."""
    rows = Release.objects.filter(prompt=version.prompt, state="live")
    return sorted(rows.values_list("environment__slug", "version__number"))


def test_an_approved_version_is_released(desk, factory):
    version = factory.approved()
    press(desk, version)
    assert live(version) == [("production", 1)]


def test_the_verdict_stands_there_before_anybody_presses(desk, factory):
    request = factory.submitted()
    answer = desk.get("steward", "release", request.prompt_id, version=1, environment="production")
    failed = [check["title"] for check in answer.context["checks"] if not check["passed"]]
    assert (answer.context["is_open"], bool(failed)) == (False, True)


def test_a_shut_gate_releases_nothing_and_keeps_the_request(desk, factory):
    version = factory.submitted().version
    answer = press(desk, version)
    stopped = ReleaseRequest.objects.filter(version=version, state="stopped").count()
    assert (answer.status_code, live(version), stopped) == (409, [], 1)


def test_a_stopped_request_is_listed_with_its_reason(desk, factory):
    version = factory.submitted().version
    press(desk, version)
    rows = desk.get("steward", "releases").context["stopped"]
    assert [bool(failed) for _, failed in rows] == [True]


@pytest.mark.parametrize("who", ["auditor", "ethics_officer", "administrator", "expert"])
def test_who_may_not_release_is_refused(desk, factory, who):
    version = factory.approved()
    assert (press(desk, version, who).status_code, live(version)) == (403, [])


@pytest.mark.parametrize("page", ["release", "freeze"])
def test_a_stranger_finds_nothing(desk, factory, page):
    version = factory.approved()
    sent = desk.post("stranger", page, version.prompt_id, reason="x", act="freeze")
    assert (desk.get("stranger", page, version.prompt_id).status_code, sent.status_code) == (404, 404)


def test_a_stranger_sees_no_release_in_the_list(desk, factory):
    factory.released()
    assert not desk.get("stranger", "releases").context["live"]


def test_a_reason_is_asked_for(desk, factory):
    version = factory.approved()
    assert (press(desk, version, reason="").status_code, live(version)) == (400, [])


def test_rolling_back_brings_the_earlier_version_back(desk, factory):
    first = factory.released()
    second = factory.released(factory.next_draft(first.prompt, text="Another text."))
    press(desk, second, roll_back=1, reason="It was better.")
    assert live(first) == [("production", 1)]


def test_an_ethics_officer_freezes_and_lifts(desk, factory):
    prompt = factory.released().prompt
    desk.post("ethics_officer", "freeze", prompt.pk, act="freeze", reason="Harm was seen.")
    frozen = Freeze.objects.get(prompt=prompt).lifted_at
    desk.post("ethics_officer", "freeze", prompt.pk, act="lift", reason="It was mended.")
    assert (frozen, Freeze.objects.get(prompt=prompt).lifted_at is None) == (None, False)


def test_an_engineer_cannot_freeze(desk, factory):
    prompt = factory.released().prompt
    assert desk.post("author", "freeze", prompt.pk, act="freeze", reason="x").status_code == 403


@pytest.mark.parametrize("sent", [{"act": "freeze"}, {"act": "", "reason": "x"}])
def test_a_freeze_without_a_reason_or_act_is_refused(desk, factory, sent):
    prompt = factory.released().prompt
    answer = desk.post("ethics_officer", "freeze", prompt.pk, **sent)
    assert (answer.status_code, Freeze.objects.count()) == (400, 0)


def test_a_steward_retires_in_favour_of_another(desk, factory):
    prompt, other = factory.released().prompt, factory.draft(name="bank/successor").prompt
    desk.post("steward", "freeze", prompt.pk, act="retire", reason="Replaced.", successor=other.name)
    assert Retirement.objects.get(prompt=prompt).successor == other


def test_an_unknown_successor_is_told(desk, factory):
    prompt = factory.released().prompt
    answer = desk.post("steward", "freeze", prompt.pk, act="retire", reason="x", successor="bank/none")
    assert (answer.status_code, Retirement.objects.count()) == (400, 0)


def test_the_first_place_that_a_version_has_not_reached_is_offered(desk, factory):
    version = factory.released(environment="development")
    assert desk.get("steward", "release", version.prompt_id).context["place"].slug == "staging"


def test_a_request_is_listed_and_withdrawn_by_whoever_may_ask(desk, people, factory):
    version = factory.approved()
    asked = ask_release(
        actor=people.actor("author"), version_id=version.pk, environment="production", reason="<b>Now</b>."
    )
    page = desk.text("author", "releases")
    assert "&lt;b&gt;Now&lt;/b&gt;." in page
    assert "Withdraw the request" in page
    assert "Withdraw the request" not in desk.text("auditor", "releases")
    assert desk.post("auditor", "release-withdraw", asked.pk).status_code == 403
    assert desk.post("stranger", "release-withdraw", asked.pk).status_code == 404
    desk.post("author", "release-withdraw", asked.pk, reason="Too early.")
    assert ReleaseRequest.objects.get().state == "withdrawn"
    assert "Withdraw the request" not in desk.text("author", "releases")
    event = Event.objects.get(event="releases.request.withdrawn")
    assert event.reason == "Too early."
