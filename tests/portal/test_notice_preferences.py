"""The page on which one chooses how one is told."""

import pytest
from django.urls import reverse

from audits.identity.errors import Refused, Unacceptable
from audits.notices.models import Preference
from audits.notices.selectors import Choice
from audits.notices.services.preferences import set_preferences
from audits.notices.topics import TOPICS
from tests.portal.opening import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def form(**changes):
    boxes = {f"inbox-{name}": "on" for name in TOPICS}
    mails = {f"mail-{name}": topic.mail for name, topic in TOPICS.items()}
    return {key: value for key, value in {**boxes, **mails, **changes}.items() if value}


def test_without_a_mail_server_the_page_says_so_and_asks_nothing_about_mail(desk):
    page = desk.text("author", "notice-preferences")
    assert "no mail server is set" in page
    assert 'name="mail-' not in page


def test_without_an_address_the_page_says_so(desk, mail_box):
    assert "no e-mail address of yours" in desk.text("author", "notice-preferences")


def test_the_default_leaves_no_row(people, desk):
    desk.post("author", "notice-preferences", **form())
    assert not Preference.objects.exists()


def test_what_was_chosen_is_stored_and_shown(people, desk, mail_box):
    changes = {"inbox-frozen": "", "mail-released": "never"}
    assert desk.post("author", "notice-preferences", **form(**changes)).status_code == 302
    rows = {row.topic: (row.inbox, row.mail) for row in Preference.objects.filter(user=people.author)}
    assert rows == {"frozen": (False, "daily"), "released": (True, "never")}
    page = desk.text("author", "notice-preferences")
    assert 'name="inbox-frozen">' in page
    assert '<option value="never" selected>' in page


def test_back_to_the_default_the_row_is_gone(people, desk):
    set_preferences(actor=people.actor("author"), choices={"frozen": Choice(False, "never")})
    desk.post("author", "notice-preferences", **form())
    assert not Preference.objects.exists()


def test_without_mail_fields_the_mail_that_was_chosen_stays(people, desk):
    set_preferences(actor=people.actor("author"), choices={"frozen": Choice(True, "never")})
    boxes = {key: value for key, value in form().items() if key.startswith("inbox")}
    desk.post("author", "notice-preferences", **boxes)
    assert Preference.objects.get().mail == "never"


def test_an_unknown_way_is_refused_and_nothing_is_stored(people, desk):
    sent = desk.browser("author").post(
        reverse("admin:notice-preferences"),
        form(**{"inbox-approved": "", "mail-released": "carrier-pigeon"}),
        follow=True,
    )
    assert "no such way of sending" in sent.content.decode()
    assert not Preference.objects.exists()


def test_an_application_has_none(people):
    with pytest.raises(Refused):
        set_preferences(actor=people.actor("service"), choices={})


def test_an_unknown_topic_is_refused(people):
    with pytest.raises(Unacceptable):
        set_preferences(actor=people.actor("author"), choices={"weather": Choice(True, "daily")})


def test_a_failed_email_is_shown(people, desk, mail_box):
    from django.utils import timezone

    from audits.notices.models import Letter

    people.author.email = "ada@bank.example"
    people.author.save()
    Letter.objects.create(
        user=people.author,
        key="digest/x",
        state="failed",
        fault="550 <b>no</b>",
        next_attempt_at=timezone.now(),
    )
    assert "550 &lt;b&gt;no&lt;/b&gt;" in desk.text("author", "notice-preferences")
