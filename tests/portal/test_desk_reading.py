"""What a signer opens at the desk: what changed, each failure, and how long it took."""

import pytest

from prompts.lifecycle.models import ApprovalRequest, Reading, SignOff
from prompts.registry.services.comments import write_comment
from prompts.releases import findings
from prompts.releases.gates import Finding
from tests.portal.failing import a_run, a_suite
from tests.portal.opening import Desk
from tests.portal.test_desk import panel


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def asked(factory, bank):
    """A high-risk version against a live one: two cases got worse, one fails on both, one passes."""
    live = factory.released(name="bank/letter", risk_tier="high")
    request = factory.submitted(factory.next_draft(live.prompt, text="Another text."))
    suite = a_suite(bank, "kind", "safe-words", "old-fault", "fine")
    a_run(live, suite, kind="pass", safe_words="pass", old_fault="fail", fine="pass")
    a_run(request.version, suite, kind="fail", safe_words="fail", old_fault="fail", fine="pass")
    return request


def open_failures(desk, asked, who="expert"):
    """Opens every failure that the page lists."""
    for failure in desk.get(who, "desk-request", asked.pk).context["case"].failures:
        desk.get(who, "desk-failure", failure.row.pk)


def test_regressions_come_first_and_safety_before_the_others(desk, asked):
    failures = desk.get("expert", "desk-request", asked.pk).context["case"].failures
    assert [(one.row.case_name, one.is_worse) for one in failures] == [
        ("safe-words", True),
        ("kind", True),
        ("old-fault", False),
    ]


def test_a_signature_is_refused_while_a_failure_is_unopened(desk, asked):
    answer = desk.post("expert", "desk-request", asked.pk, **panel(desk, asked, "expert"))
    assert (answer.status_code, answer.context["fault"].code) == (409, "not_read")
    assert "3 failures" in answer.content.decode()


def test_after_what_changed_and_all_failures_it_is_taken(desk, asked):
    open_failures(desk, asked)
    desk.post("expert", "desk-request", asked.pk, **panel(desk, asked, "expert"))
    assert SignOff.objects.get(request=asked).reading_seconds is not None


def test_a_new_run_asks_for_its_own_failures(desk, asked):
    open_failures(desk, asked)
    suite = asked.version.runs.get().suite
    a_run(asked.version, suite, kind="fail", safe_words="pass", old_fault="pass", fine="pass")
    assert len(desk.get("expert", "desk-request", asked.pk).context["case"].unopened) == 1


def test_failures_of_an_older_version_with_the_same_text_are_opened_too(desk, factory, bank):
    live = factory.released(name="bank/letter", risk_tier="high")
    sent_back = factory.submitted(factory.next_draft(live.prompt, text="Another text."))
    a_run(sent_back.version, a_suite(bank, "kind"), kind="fail")
    request = factory.submitted(factory.next_draft(live.prompt, text="Another text."))
    assert request.text_digest == sent_back.text_digest
    answer = desk.post("expert", "desk-request", request.pk, **panel(desk, request, "expert"))
    assert (answer.status_code, answer.context["fault"].code) == (409, "not_read")
    open_failures(desk, request)
    desk.post("expert", "desk-request", request.pk, **panel(desk, request, "expert"))
    assert SignOff.objects.filter(request=request).exists()


def test_opening_a_failure_leads_to_the_next(desk, asked):
    failures = desk.get("expert", "desk-request", asked.pk).context["case"].failures
    page = desk.get("expert", "desk-failure", failures[0].row.pk)
    assert page.context["following"].pk == failures[1].row.pk
    open_failures(desk, asked)
    assert desk.get("expert", "desk-failure", failures[0].row.pk).context["following"] is None


def test_outputs_stand_in_closed_frames_beside_those_of_the_live_version(desk, asked):
    failure = desk.get("expert", "desk-request", asked.pk).context["case"].failures[0]
    page = desk.get("expert", "desk-failure", failure.row.pk)
    assert page.context["before"].run.version.number == 1
    assert page.content.decode().count('<iframe class="frame whole" sandbox=""') == 2
    assert "<b>fail" not in page.content.decode()


def test_the_page_tells_the_change_with_its_interval(desk, asked):
    figures = desk.get("expert", "desk-request", asked.pk).context["case"].figures
    assert (figures.share, figures.live_share, figures.points) == (0.25, 0.75, -50.0)
    assert figures.low < -50 < figures.high
    assert (figures.regressed, figures.fixed, figures.latency, figures.cost) == (2, 0, 100, None)


def test_the_evidence_names_models_comments_authors_and_findings(desk, asked, people):
    write_comment(actor=people.actor("expert"), prompt_id=asked.prompt_id, text="Why?", version=2, line=1)
    evidence = desk.get("expert", "desk-request", asked.pk).context["evidence"]
    assert evidence.runs[0]["models"] == ["local: small-1"]
    assert [row["place"] for row in evidence.comments] == ["version 2, line 1"]
    assert (evidence.authors, evidence.findings, evidence.as_dict()["schema"]) == (["ada"], [], 2)


def test_what_shuts_a_gate_as_a_finding_is_what_a_signature_binds(desk, asked):
    findings.register("tests", lambda version: [Finding("Blames the <i>customer", "high", "finding/7")])
    try:
        answer = desk.get("expert", "desk-request", asked.pk)
    finally:
        findings.unregister("tests")
    told = {"id": "finding/7", "title": "Blames the <i>customer", "severity": "high"}
    assert answer.context["evidence"].findings == [told]
    assert b"Blames the &lt;i&gt;customer" in answer.content


def test_a_comment_hangs_under_its_line(desk, asked, people):
    write_comment(actor=people.actor("expert"), prompt_id=asked.prompt_id, text="Who? <i>", version=2, line=1)
    text = desk.text("expert", "desk-request", asked.pk)
    assert text.partition('class="thread"')[2].partition("</tr>")[0].count("Who? &lt;i&gt;") == 1


def test_a_failure_cannot_be_claimed_without_its_page(desk, asked):
    sent = {"kind": "failure", "what": "1"}
    assert desk.post("expert", "desk-read", asked.pk, **sent).status_code == 404
    assert not Reading.objects.filter(kind="failure", request=asked).exists()


def test_the_page_answers_signs_of_life_with_the_seconds(people, desk, asked):
    Reading.objects.filter(user=people.expert).delete()
    client, address = desk.browser("expert"), f"/admin/desk/{asked.pk}/read"
    assert client.post(address, {}, headers={"Accept": "application/json"}).json() == {"seconds": 0}
    assert Reading.objects.get(user=people.expert).kind == "page"


def test_the_button_is_shut_in_words_until_all_was_opened(desk, asked):
    text = desk.text("expert", "desk-request", asked.pk)
    assert "Open 3 failures" in text
    assert 'data-left="3"' in text


def test_rapid_signatures_are_listed_for_those_who_watch(desk, asked, settings):
    settings.RAPID_SECONDS = 3600
    open_failures(desk, asked)
    desk.post("expert", "desk-request", asked.pk, **panel(desk, asked, "expert"))
    found = desk.get("auditor", "desk-pace").context
    mine = next(row for row in found["people"] if row.name == "Dora")
    assert (mine.signatures, mine.rapid) == (2, 2)
    assert found["rapid"][0].request_id == asked.pk
    assert desk.get("expert", "desk-pace").status_code == 403


def test_slow_signatures_are_not_listed(desk, factory, settings):
    settings.RAPID_SECONDS = 0
    factory.approved()
    assert desk.get("auditor", "desk-pace").context["rapid"] == []


def test_both_pages_tell_of_a_superseded_request(desk, factory):
    old = factory.submitted(risk_tier="high")
    new = factory.submitted(factory.next_draft(old.prompt, text="Another text."))
    assert f"/admin/desk/{new.pk}/" in desk.text("expert", "desk-request", old.pk)
    assert f"/admin/desk/{old.pk}/" in desk.text("expert", "desk-request", new.pk)
    assert ApprovalRequest.objects.get(pk=old.pk).state == "superseded"


def test_the_signers_are_reminded_from_the_page_once(desk, asked):
    assert desk.post("author", "desk-remind", asked.pk).status_code == 302
    desk.post("author", "desk-remind", asked.pk)
    assert asked.reminders.count() == 1
    assert "Reminded" in desk.text("expert", "desk-request", asked.pk)
