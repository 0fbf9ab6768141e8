"""The approval desk."""

import pytest

from audits.ledger.models import Event
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.services.requests import request_changes, withdraw
from prompts.registry.services.comments import write_comment
from prompts.registry.services.prompts import edit_prompt
from tests.people import PASSWORD
from tests.portal.opening import Desk

SIGNERS = {"domain-expert": "expert", "ethics-officer": "ethics_officer", "steward": "steward"}
SIGNERS["documentation-specialist"] = "documentarian"


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def asked(factory):
    """An open request."""
    return factory.submitted()


@pytest.fixture
def signer(asked):
    """Who may take the first open seat."""
    return SIGNERS[asked.seats[0]["role"]]


def panel(desk, asked, who, **more):
    """The decision panel as the page filled it in for a signer who has opened what changed."""
    context = desk.get(who, "desk-request", asked.pk).context
    desk.post(who, "desk-read", asked.pk, kind="diff", what=context["case"].against)
    role, _, meanings = context["meanings"][0]
    seen = {"seen_text_digest": context["version"].digest, "seen_evidence_digest": context["evidence"].digest}
    return {**seen, "decision": "sign", "meaning": f"{role}|{meanings[0]}", "password": PASSWORD, **more}


def test_the_inbox_shows_what_waits(desk, asked, signer):
    assert [row.pk for row in desk.get(signer, "desk").context["mine"]] == [asked.pk]


def test_the_author_sees_it_among_what_waits_for_others(desk, asked):
    context = desk.get("author", "desk").context
    assert (context["mine"], [row.pk for row in context["others"]]) == ([], [asked.pk])


def test_a_stranger_sees_nothing_of_it(desk, asked):
    page = desk.get("stranger", "desk-request", asked.pk).status_code
    assert (page, desk.get("stranger", "desk").context["others"]) == (404, [])


def test_nothing_is_chosen_beforehand(desk, asked, signer):
    text = desk.text(signer, "desk-request", asked.pk)
    assert "checked" not in text.partition('id="decision"')[2].partition("</form>")[0]


def test_a_signature_binds_both_digests(desk, asked, signer):
    sent = panel(desk, asked, signer, comment="Looked at it.")
    desk.post(signer, "desk-request", asked.pk, **sent)
    signed = SignOff.objects.get()
    told = (signed.text_digest, signed.evidence_digest, signed.comment)
    assert told == (sent["seen_text_digest"], sent["seen_evidence_digest"], "Looked at it.")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"password": "wrong"}, 403),
        ({"password": ""}, 403),
        ({"meaning": ""}, 400),
        ({"decision": ""}, 400),
        ({"decision": "approve"}, 400),
        ({"seen_text_digest": "0" * 64}, 409),
        ({"seen_evidence_digest": "0" * 64}, 409),
        ({"decision": "changes"}, 400),
        ({"decision": "reject", "comment": "  "}, 400),
    ],
)
def test_a_refused_decision_signs_nothing_and_says_why(desk, asked, signer, change, status):
    answer = desk.post(signer, "desk-request", asked.pk, **panel(desk, asked, signer) | change)
    assert (answer.status_code, SignOff.objects.count(), bool(answer.context["fault"].message)) == (
        status,
        0,
        True,
    )


def test_a_seat_that_one_does_not_hold_is_refused_and_recorded(desk, factory):
    asked = factory.submitted(risk_tier="high")
    sent = panel(desk, asked, "expert", meaning="ethics-officer|Examined for bias and harm")
    assert desk.post("expert", "desk-request", asked.pk, **sent).status_code == 403
    event = Event.objects.get(event="identity.act.refused")
    assert (event.actor, event.subject) == ("dora", f"/admin/desk/{asked.pk}/")
    assert not SignOff.objects.exists()


def test_a_stale_page_is_told_what_happened_meanwhile(desk, factory, people):
    asked = factory.submitted(risk_tier="high")
    sent = panel(desk, asked, "expert") | {"shown_at": asked.opened_at.isoformat()}
    request_changes(actor=people.actor("ethics_officer"), request_id=asked.pk, comment="Soften it.")
    answer = desk.post("expert", "desk-request", asked.pk, **sent)
    told = answer.context["meanwhile"][0]
    assert (answer.status_code, told.told, told.reason) == (
        409,
        "Etta asked for changes in version 1",
        "Soften it.",
    )
    assert "Soften it." in answer.content.decode()


@pytest.mark.parametrize("shown_at", ["", "soon", "2026-99-99T00:00:00Z", "2026-01-01T00:00:00", "\0"])
def test_a_page_without_a_time_is_refused_all_the_same(desk, asked, signer, people, shown_at):
    sent = panel(desk, asked, signer) | {"shown_at": shown_at}
    withdraw(actor=people.actor("author"), request_id=asked.pk)
    answer = desk.post(signer, "desk-request", asked.pk, **sent)
    assert (answer.status_code, answer.context["meanwhile"]) == (409, [])


def test_a_comment_written_after_the_page_was_shown_is_new_evidence(desk, asked, signer, people):
    sent = panel(desk, asked, signer)
    write_comment(actor=people.actor("expert"), prompt_id=asked.prompt_id, text="Wait.")
    assert desk.post(signer, "desk-request", asked.pk, **sent).status_code == 409


def test_evidence_that_changed_after_the_page_was_shown_is_refused(desk, asked, signer, people):
    sent = panel(desk, asked, signer)
    steward = people.actor("steward")
    edit_prompt(actor=steward, prompt_id=asked.prompt_id, changes={"purpose": "Another purpose."})
    assert desk.post(signer, "desk-request", asked.pk, **sent).status_code == 409


@pytest.mark.parametrize("who", ["author", "administrator", "auditor"])
def test_who_may_not_sign_is_told_why_and_gets_no_button(desk, asked, who):
    answer = desk.get(who, "desk-request", asked.pk)
    assert all(seat.why_not for seat in answer.context["case"].seats)
    assert 'name="password"' not in answer.content.decode()


@pytest.mark.parametrize(("decision", "state"), [("changes", "changes_requested"), ("reject", "rejected")])
def test_a_decision_with_a_comment_closes_the_request(desk, asked, signer, decision, state):
    sent = panel(desk, asked, signer, decision=decision, comment="Too short.")
    desk.post(signer, "desk-request", asked.pk, **sent)
    row = ApprovalRequest.objects.get(pk=asked.pk)
    assert (row.state, row.closing_comment) == (state, "Too short.")


def test_the_author_withdraws_his_request(desk, asked):
    desk.post("author", "desk-request", asked.pk, decision="withdraw")
    assert ApprovalRequest.objects.get(pk=asked.pk).state == "withdrawn"


def test_an_approved_version_can_be_released_from_here(desk, factory):
    version = factory.approved()
    request = ApprovalRequest.objects.get(version=version)
    assert f"/admin/prompts/{version.prompt_id}/release/" in desk.text("steward", "desk-request", request.pk)


def test_the_change_against_live_is_shown_escaped(desk, factory):
    live = factory.released(text="Old <b>word</b>.")
    asked = factory.submitted(factory.next_draft(live.prompt, text="New <b>word</b>."))
    text = desk.text("ethics_officer", "desk-request", asked.pk)
    assert "<del>Old</del>" in text
    assert "<b>word" not in text
