"""Being told: who hears of what, once; the inbox; comments on pages; kept searches."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.ledger.services import integrate
from audits.notices.models import Notice
from portal.services.tell_people import tell_people
from portal.tidings import TIDINGS
from prompts.lifecycle.services.requests import request_changes
from prompts.registry.models import Comment, SavedSearch
from prompts.registry.services.comments import write_comment
from prompts.registry.services.hand_over import hand_over
from prompts.registry.services.prompts import edit_prompt
from prompts.registry.services.watches import set_watch
from prompts.releases.services.freeze import freeze_prompt
from tests.portal.opening import Desk
from tests.registry.fragments import again, fragment

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def letter(people, factory):
    """A draft; what happened until now was told."""
    version = factory.draft("bank/letter", risk_tier="high")
    integrate(wait=True)
    tell_people()
    return version


def told() -> dict[str, list[str]]:
    """New notices by user name, oldest first."""
    integrate(wait=True)
    tell_people()
    found: dict[str, list[str]] = {}
    for row in Notice.objects.select_related("user").order_by("pk"):
        found.setdefault(row.user.username, []).append(row.words)
    return found


def test_whoever_can_sign_is_asked_and_the_author_is_not(people, factory, letter):
    factory.submitted(letter)
    waits = ["bank/letter, version 1, waits for your signature"]
    found = told()
    assert found[people.expert.username] == waits
    assert found[people.ethics_officer.username] == waits
    assert people.author.username not in found
    assert people.stranger.username not in found


def test_nobody_is_told_twice_or_of_his_own_act(people, factory, letter):
    request = factory.submitted(letter)
    request_changes(actor=people.actor("expert"), request_id=request.pk, comment="Shorter.")
    first = told()
    assert [words for words in first[people.author.username] if "asked for changes" in words]
    assert told() == first
    assert Notice.objects.get(kind="lifecycle.request.returned").reason == "Shorter."


def test_mentioned_answered_and_watching_each_hear_in_their_words(people, letter):
    pk, author, expert = letter.prompt_id, people.actor("author"), people.actor("expert")
    set_watch(actor=people.actor("ethics_officer"), prompt_id=pk, is_on=True)
    first = write_comment(actor=expert, prompt_id=pk, text=f"@{people.steward.username}, is it right?")
    write_comment(actor=author, prompt_id=pk, text="Yes.", parent_id=first.pk)
    found = told()
    assert found[people.steward.username][0].endswith("mentioned you on bank/letter")
    assert found[people.expert.username] == [f"{people.author} answered you on bank/letter"]
    assert len(found[people.ethics_officer.username]) == 2


def test_a_freeze_and_a_handing_over_are_told(people, factory, letter):
    steward = people.actor("steward")
    edit_prompt(actor=steward, prompt_id=letter.prompt_id, changes={"owner": people.author})
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=letter.prompt_id, reason="Harm.")
    hand_over(
        actor=people.actor("administrator"), from_user=people.author, to_user=people.steward, reason="Left."
    )
    found = told()
    assert any("froze" in words for words in found[people.author.username])
    assert "bank/letter was handed over to you" in found[people.steward.username]


def test_whoever_includes_a_fragment_hears_of_its_new_version(people, factory):
    tone = fragment(people, "bank/tone", "Kind.")
    factory.draft("bank/a", text="{{> bank/tone}}", by=people.actor("engineer"))
    integrate(wait=True)
    tell_people()
    again(people, tone, "Kinder.")
    assert told()[people.engineer.username] == [
        "bank/tone, which a prompt of yours includes, has a new version"
    ]


def test_every_tiding_is_of_an_event_that_there_is():
    from audits.ledger.events import kinds

    assert set(TIDINGS) <= set(kinds())


def test_the_inbox_shows_opens_and_forgets_nothing(people, factory, desk, letter):
    factory.submitted(letter)
    told()
    page = desk.text("expert", "inbox")
    assert "waits for your signature" in page
    assert "1 unread" in page
    row = Notice.objects.get(user=people.expert)
    assert desk.post("author", "notice-open", row.pk).status_code == 404
    sent = desk.post("expert", "notice-open", row.pk)
    assert sent.url == row.address
    assert "nothing unread" in desk.text("expert", "inbox")
    assert "Nothing is unread" in desk.text("expert", "inbox", show="unread")


def test_what_may_no_longer_be_seen_is_not_told(people, factory, desk, letter):
    factory.submitted(letter)
    told()
    people.team.group.user_set.remove(people.expert)
    assert "bank/letter" not in desk.text("expert", "inbox")


def test_fifty_notices_cost_as_many_queries_as_one(people, desk, letter):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.text("ethics_officer", "inbox")
        return len(queries)

    set_watch(actor=people.actor("ethics_officer"), prompt_id=letter.prompt_id, is_on=True)
    write_comment(actor=people.actor("expert"), prompt_id=letter.prompt_id, text="One.")
    told()
    desk.text("ethics_officer", "inbox")
    one = count()
    for number in range(50):
        write_comment(actor=people.actor("expert"), prompt_id=letter.prompt_id, text=str(number))
    told()
    assert count() == one
    desk.post("ethics_officer", "inbox", all="1")
    assert not Notice.objects.filter(user=people.ethics_officer, read_at__isnull=True).exists()


def test_a_comment_is_written_settled_and_shown_as_text(people, desk, letter):
    pk = letter.prompt_id
    told_text = "<script>alert(1)</script> & more"
    sent = desk.post("expert", "comment", pk, text=told_text, version="1", line="1")
    row = Comment.objects.get()
    assert sent.url.endswith(f"#comment-{row.pk}")
    page = desk.browser("author").get(f"{reverse('admin:prompt', args=[pk])}?tab=discussion").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    desk.post("author", "comment-settle", row.pk)
    row.refresh_from_db()
    assert row.resolved_by == people.author
    assert desk.post("stranger", "comment", pk, text="x").status_code == 404
    assert desk.post("auditor", "comment", pk, text="x").status_code == 403
    bad = desk.browser("expert").post(
        reverse("admin:comment", args=[pk]), {"text": "x", "line": "first"}, follow=True
    )
    assert "told as a number" in bad.content.decode()


def test_the_desk_shows_what_is_open(people, factory, desk, letter):
    request = factory.submitted(letter)
    write_comment(actor=people.actor("expert"), prompt_id=letter.prompt_id, text="Why?", version=1, line=1)
    page = desk.text("ethics_officer", "desk-request", request.pk)
    assert "1 comment is open" in page
    assert "Why?" in page


def test_watching_is_one_press(people, desk, letter):
    pk = letter.prompt_id
    assert ">Watch<" in desk.text("expert", "prompt", pk)
    desk.post("expert", "watch", pk, watch="on")
    assert "Watching" in desk.text("expert", "prompt", pk)


def test_a_search_is_kept_and_shared_but_finds_for_each_what_he_may_see(people, desk, letter):
    sent = desk.post("author", "search-save", name="Letters", query="?q=letter&evil=1", shared="1")
    assert sent.url == f"{reverse('admin:prompts')}?q=letter"
    assert "Letters" in desk.text("expert", "prompts")
    page = desk.text("stranger", "prompts", q="letter")
    assert "Letters" in page
    assert "bank/letter" not in page
    assert desk.post("expert", "search-forget", SavedSearch.objects.get().pk).status_code == 404
    desk.post("author", "search-forget", SavedSearch.objects.get().pk)
    assert not SavedSearch.objects.exists()
    empty = desk.browser("author").post(
        reverse("admin:search-save"), {"name": "x", "query": "?"}, follow=True
    )
    assert "nothing to keep" in empty.content.decode()


@pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "-1", "²", "a"])
def test_a_key_that_is_none_marks_nothing(people, desk, letter, key):
    assert desk.post("expert", "inbox", notice=key).status_code == 302
    assert desk.post("steward", "worklists", prompt=key, act="tag", value="x").status_code in {302, 400}


def test_an_event_that_cannot_be_told_does_not_silence_the_next(people, desk, letter, monkeypatch):
    def broken(prompt, payload, audience):
        raise LookupError("a fault of ours")

    line = TIDINGS["registry.comment.written"]
    monkeypatch.setitem(TIDINGS, "registry.comment.written", replace(line, find=broken))
    set_watch(actor=people.actor("expert"), prompt_id=letter.prompt_id, is_on=True)
    write_comment(actor=people.actor("author"), prompt_id=letter.prompt_id, text="One.")
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=letter.prompt_id, reason="Harm.")
    assert len(told()[people.expert.username]) == 1


def test_the_bell_counts_what_may_be_seen(people, factory, desk, letter):
    factory.submitted(letter)
    told()
    assert "1 unread" in desk.text("expert", "inbox")
    people.team.group.user_set.remove(people.expert)
    assert "nothing unread" in desk.text("expert", "inbox")
