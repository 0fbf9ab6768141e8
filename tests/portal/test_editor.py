"""The editor of a draft."""

import pytest

from prompts.lifecycle.models import ApprovalRequest
from prompts.registry.models import Version
from prompts.registry.services.drafts import edit_draft
from tests.portal.opening import Desk

HOSTILE = "</textarea><script>alert(1)</script> {{name}}"


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def form(version, content, **more):
    """The editor's form as a browser sends it."""
    sheet = {"revision": version.revision, "role": "text", "content": content, "format": "mustache"}
    return {**sheet, "change_note": "", "settings": "", **more}


def test_a_saved_text_is_stored(desk, factory):
    draft = factory.draft()
    desk.post("author", "draft", draft.pk, **form(draft, "Say {{word}}.", save="1"))
    draft.refresh_from_db()
    assert draft.text == "Say {{word}}."


def test_a_text_keeps_its_own_line_ends_when_nobody_touched_it(desk, factory):
    draft = factory.draft(text="one\r\ntwo\rthree\n")
    desk.post("author", "draft", draft.pk, **form(draft, "one\r\ntwo\r\nthree\r\n", save="1"))
    draft.refresh_from_db()
    assert (draft.text, draft.revision) == ("one\r\ntwo\rthree\n", 1)


def test_a_first_empty_line_is_not_lost_by_the_browser(desk, factory):
    draft = factory.draft(text="\nfirst")
    assert ">\n\nfirst</textarea>" in desk.text("author", "draft", draft.pk)


@pytest.fixture
def overtaken(desk, factory, people):
    """A draft that somebody else saved after the author had opened it, and the author's own save."""
    draft = factory.draft(text="Old.")
    theirs = {"messages": [{"role": "text", "content": "Theirs."}]}
    edit_draft(actor=people.actor("engineer"), version_id=draft.pk, seen_revision=1, changes=theirs)
    return draft, desk.post("author", "draft", draft.pk, **form(draft, "Mine.", save="1"))


def test_the_second_of_two_writers_overwrites_nothing(overtaken):
    draft, answer = overtaken
    assert (answer.status_code, Version.objects.get(pk=draft.pk).text) == (409, "Theirs.")


def test_the_second_of_two_writers_sees_both_texts(overtaken):
    text = overtaken[1].content.decode()
    assert all(part in text for part in ("Emil", ">\nMine.</textarea>", "Theirs"))


def test_who_has_seen_the_conflict_may_save_over_it(desk, overtaken):
    draft, answer = overtaken
    again = form(draft, "Mine.", save="1") | {"revision": answer.context["revision"]}
    desk.post("author", "draft", draft.pk, **again)
    assert Version.objects.get(pk=draft.pk).text == "Mine."


def test_a_stranger_finds_no_draft(desk, factory):
    draft = factory.draft()
    sent = desk.post("stranger", "draft", draft.pk, **form(draft, "Taken.", save="1"))
    assert (sent.status_code, desk.get("stranger", "draft", draft.pk).status_code) == (404, 404)


@pytest.mark.parametrize("who", ["auditor", "ethics_officer", "administrator", "expert"])
def test_a_reader_cannot_edit(desk, factory, who):
    draft = factory.draft()
    answer = desk.post(who, "draft", draft.pk, **form(draft, "Taken.", save="1"))
    assert (answer.status_code, Version.objects.get(pk=draft.pk).text) == (403, draft.text)


def test_hostile_text_stays_text(desk, factory):
    draft = factory.draft(text=HOSTILE)
    assert "<script>alert(1)" not in desk.text("author", "draft", draft.pk)


@pytest.mark.parametrize(
    ("content", "more", "field"),
    [
        ("bad \x00", {}, "messages"),
        ("x" * 1_000_001, {}, "messages"),
        ("{{#open}}", {}, "messages"),
        ("fine", {"settings": "{not json"}, "model_settings"),
        ("fine", {"change_note": "n" * 501}, "change_note"),
    ],
)
def test_a_fault_is_told_and_the_text_kept(desk, factory, content, more, field):
    draft = factory.draft()
    answer = desk.post("author", "draft", draft.pk, **form(draft, content, save="1", **more))
    assert (answer.status_code, answer.context["fault"].field.partition("[")[0]) == (400, field)


def test_the_preview_fills_in_sample_values(desk, factory):
    draft = factory.draft()
    sent = form(draft, "Dear {{name}}, {{greeting}}", **{"sample:name": "Ada"})
    told = desk.post("author", "draft-preview", draft.pk, **sent).json()
    assert (told["messages"][0]["text"], told["variables"]) == ("Dear Ada, [greeting]", ["name", "greeting"])


def test_the_preview_tells_a_fault_with_its_place(desk, factory):
    draft = factory.draft()
    told = desk.post("author", "draft-preview", draft.pk, **form(draft, "a\n{{#open}}")).json()
    assert "line 2" in told["messages"][0]["error"]


def test_the_preview_saves_nothing(desk, factory):
    draft = factory.draft(text="Old.")
    desk.post("author", "draft", draft.pk, **form(draft, "New.", preview="1"))
    assert Version.objects.get(pk=draft.pk).text == "Old."


def test_a_chat_gains_and_loses_messages_without_a_script(desk, factory):
    draft = factory.draft(kind="chat")
    more = desk.post("author", "draft", draft.pk, **form(draft, "Hi", add="1") | {"role": "system"})
    less = form(draft, ["a", "b"], remove="0") | {"role": ["system", "user"]}
    kept = desk.post("author", "draft", draft.pk, **less).context["sheet"].messages
    assert (len(more.context["sheet"].messages), kept) == (2, [{"role": "user", "content": "b"}])


def test_submitting_saves_freezes_and_asks(desk, factory):
    draft = factory.draft()
    desk.post("author", "draft", draft.pk, **form(draft, "Final.", submit="1", why="It is better."))
    request = ApprovalRequest.objects.get(version=draft.pk)
    assert (request.version.text, request.version.is_frozen, request.reason) == (
        "Final.",
        True,
        "It is better.",
    )


def test_submitting_without_a_reason_keeps_the_saved_text(desk, factory):
    draft = factory.draft()
    answer = desk.post("author", "draft", draft.pk, **form(draft, "Final.", submit="1", why=" "))
    row = Version.objects.get(pk=draft.pk)
    assert (answer.status_code, row.is_frozen, row.text) == (400, False, "Final.")


def test_after_a_refused_submission_the_next_save_is_not_stale(desk, factory):
    draft = factory.draft()
    answer = desk.post("author", "draft", draft.pk, **form(draft, "Final.", submit="1", why=" "))
    again = form(draft, "Finer.", save="1") | {"revision": answer.context["revision"]}
    assert desk.post("author", "draft", draft.pk, **again).status_code == 302


def test_a_frozen_version_leads_to_its_text(desk, factory):
    version = factory.approved()
    assert desk.get("author", "draft", version.pk).headers["Location"] == f"/admin/versions/{version.pk}/"


def test_a_discarded_draft_is_gone(desk, factory):
    first = factory.draft()
    second = factory.next_draft(first.prompt, text="Two.")
    desk.post("author", "draft", second.pk, discard="1", revision=1)
    assert not Version.objects.filter(pk=second.pk).exists()
