"""Comments: written, answered, settled; watching; kept searches."""

import pytest

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.errors import LintRefusal
from prompts.registry.models import Comment, SavedSearch
from prompts.registry.services.comments import reopen_comment, resolve_comment, unheard, write_comment
from prompts.registry.services.drafts import discard_draft
from prompts.registry.services.watches import delete_search, save_search, set_watch
from prompts.registry.watching import comments_on, is_watching, open_comments, watchers_of_all
from tests.people import SHELL

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(factory):
    """A draft of two lines."""
    return factory.draft("bank/letter", text="Dear {{name}}\nNever promise.")


def say(people, draft, who="expert", text="Why never?", **more) -> Comment:
    return write_comment(actor=people.actor(who), prompt_id=draft.prompt_id, text=text, **more)


def test_a_comment_keeps_the_line_it_is_about(people, letter):
    row = say(people, letter, version=1, message=1, line=2)
    assert (row.place, row.quoted) == ("version 1, message 1, line 2", "Never promise.")
    event = Event.objects.get(event="registry.comment.written")
    assert (event.actor, event.subject) == (people.expert.username, "bank/letter")
    assert "Why never?" not in event.payload


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ({"version": 9}, "no version 9"),
        ({"version": 1, "message": 2}, "1 messages"),
        ({"version": 1, "line": 3}, "2 lines"),
        ({"line": 1}, "choose which"),
        ({"version": 1, "line": 0}, "2 lines"),
    ],
)
def test_a_place_that_is_not_there_is_told(people, letter, place, reason):
    with pytest.raises(Unacceptable, match=reason):
        say(people, letter, **place)


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "x" * 4001])
def test_a_text_that_is_none_is_refused(people, letter, text):
    with pytest.raises(Unacceptable):
        say(people, letter, text=text)


def test_a_secret_is_not_stored(people, letter):
    with pytest.raises(LintRefusal):
        say(people, letter, text="Use AKIAIOSFODNN7EXAMPLQ and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert not Comment.objects.exists()


def test_answers_hang_on_first_remarks_only(people, letter, factory):
    first = say(people, letter)
    answer = say(people, letter, "author", "Because.", parent_id=first.pk)
    assert answer.parent == first
    for parent in (answer.pk, say(people, factory.draft("bank/b")).pk, 999):
        with pytest.raises(NotThere):
            say(people, letter, parent_id=parent)


def test_settled_and_opened_again(people, letter):
    row = say(people, letter)
    with pytest.raises(Refused):
        resolve_comment(actor=people.actor("ethics_officer"), comment_id=row.pk)
    resolve_comment(actor=people.actor("author"), comment_id=row.pk)
    assert not open_comments(letter).exists()
    with pytest.raises(Conflict):
        resolve_comment(actor=people.actor("author"), comment_id=row.pk)
    reopen_comment(actor=people.actor("expert"), comment_id=row.pk)
    assert list(open_comments(letter)) == [row]
    told = [
        event.event for event in Event.objects.filter(event__startswith="registry.comment").order_by("pk")
    ]
    assert [name.rpartition(".")[2] for name in told] == ["written", "resolved", "reopened"]


def test_who_may_not_see_or_only_audits_says_nothing(people, letter):
    with pytest.raises(NotThere):
        say(people, letter, "stranger")
    with pytest.raises(Refused, match="Auditors"):
        say(people, letter, "auditor")
    with pytest.raises(Refused, match="people"):
        write_comment(actor=SHELL, prompt_id=letter.prompt_id, text="x")


@pytest.mark.parametrize("name", ["nobody-of-that-name", "stranger"])
def test_nobody_and_a_stranger_are_words_like_others(people, letter, name):
    told = getattr(people, name).username if hasattr(people, name) else name
    row = say(people, letter, text=f"Look, @{told}, @{people.author.username}.")
    assert unheard(letter.prompt, row.text) == [told]
    assert (
        f'"mentioned":["{people.author.username}"]'
        in Event.objects.get(event="registry.comment.written").payload
    )


def test_a_style_sheet_names_nobody(people, letter):
    row = say(people, letter, text="Try `@ada` in @media (min-width: 1px) {} and\n```\n@page @ada\n```")
    assert '"mentioned":[]' in Event.objects.get(event="registry.comment.written").payload
    assert unheard(letter.prompt, row.text) == ["media"]


def test_an_address_is_no_mention(people, letter):
    say(people, letter, text="Write to ada@nowhere.example or see a/@b")
    assert '"mentioned":[]' in Event.objects.get(event="registry.comment.written").payload


@pytest.mark.requirement("iso-42001/a-3-3")
def test_a_discarded_draft_leaves_its_comments(people, letter, factory):
    second = factory.next_draft(letter.prompt, text="Other")
    row = say(people, second, version=2)
    discard_draft(actor=people.actor("author"), version_id=second.pk)
    row.refresh_from_db()
    assert (row.version, row.place) == (None, "version 2")


def test_open_ones_come_first(people, letter):
    rows = [say(people, letter, text=str(n)) for n in range(3)]
    resolve_comment(actor=people.actor("author"), comment_id=rows[2].pk)
    assert [row.text for row in comments_on(letter.prompt)] == ["1", "0", "2"]


def watchers_of(prompt):
    return watchers_of_all([prompt])[prompt.pk]


def test_who_answers_for_it_watches_until_told_otherwise(people, letter):
    prompt = letter.prompt
    assert [user.username for user in watchers_of(prompt)] == [people.author.username]
    set_watch(actor=people.actor("expert"), prompt_id=prompt.pk, is_on=True)
    set_watch(actor=people.actor("author"), prompt_id=prompt.pk, is_on=False)
    assert watchers_of(prompt) == [people.expert]
    assert (is_watching(people.expert, prompt), is_watching(people.author, prompt)) == (True, False)
    with pytest.raises(NotThere):
        set_watch(actor=people.actor("stranger"), prompt_id=prompt.pk, is_on=True)
    people.expert.is_active = False
    people.expert.save()
    assert watchers_of(prompt) == []


def test_searches_are_kept_replaced_and_forgotten(people):
    author = people.actor("author")
    save_search(actor=author, name="Mine", query="?q=a")
    row = save_search(actor=author, name="Mine ", query="?q=b", is_shared=True)
    assert SavedSearch.objects.get().query == "?q=b"
    with pytest.raises(NotThere):
        delete_search(actor=people.actor("expert"), search_id=row.pk)
    delete_search(actor=author, search_id=row.pk)
    for number in range(50):
        save_search(actor=author, name=str(number), query="?q=a")
    with pytest.raises(Conflict):
        save_search(actor=author, name="one more", query="?q=a")
