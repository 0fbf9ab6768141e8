"""E-mails over a real SMTP server: at once and as a digest, once, and only of what may still be seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.ledger.selectors import newest_checkpoint
from audits.notices.models import Letter, Notice
from audits.notices.selectors import Choice
from audits.notices.services.inbox import mark_read
from audits.notices.services.letters import STEPS, make_digests
from audits.notices.services.preferences import set_preferences
from portal.services import send_letters as sending
from portal.services.send_letters import send_letters
from prompts.registry.services.watches import set_watch
from prompts.releases.services.freeze import freeze_prompt
from tests.portal.telling import tell

pytestmark = pytest.mark.django_db
TEXT = "Explain {{decision}} in words of one syllable."


@pytest.fixture
def letter(people, factory):
    """A draft; everybody has an address; what happened until now was told."""
    for user in (people.author, people.expert, people.ethics_officer, people.steward):
        user.email = f"{user.username}@bank.example"
        user.save(update_fields=["email"])
    version = factory.draft("bank/letter", text=TEXT, risk_tier="high")
    tell()
    return version


def freeze(people, version):
    freeze_prompt(actor=people.actor("ethics_officer"), prompt_id=version.prompt_id, reason="A text of mine.")
    tell()


def digests(day=0):
    return make_digests(now=timezone.now() + timedelta(days=day), hour=0)


def to(box, user):
    return [row for row in box.letters if row["To"] == f"{user.username}@bank.example"]


def parts(row):
    return [part.get_content() for part in row.iter_parts()]


def test_who_is_asked_to_sign_hears_of_it_at_once(people, factory, letter, mail_box):
    factory.submitted(letter)
    tell()
    send_letters()
    (row,) = to(mail_box, people.expert)
    assert row["Subject"] == "bank/letter, version 1, waits for your signature"
    assert row["From"] == "imprimatur@bank.example"
    assert not to(mail_box, people.author)


@pytest.mark.requirement("iso-42001/a-8-4")
def test_other_things_come_as_one_digest_a_day(people, factory, letter, mail_box):
    freeze(people, letter)
    send_letters()
    assert mail_box.letters == []
    assert digests() == 1
    assert digests() == 0
    send_letters()
    send_letters()
    (row,) = to(mail_box, people.author)
    assert row["Subject"].startswith("Daily digest: ")


def test_what_comes_after_the_digest_waits_for_the_next_day(people, factory, letter, mail_box):
    freeze(people, letter)
    digests()
    send_letters()
    freeze(people, factory.draft("bank/second"))
    assert digests() == 0
    assert digests(day=1) == 1
    send_letters()
    assert len(to(mail_box, people.author)) == 2


def test_before_the_hour_no_digest_is_made(people, letter, mail_box):
    freeze(people, letter)
    early = timezone.now().replace(hour=5)
    assert make_digests(now=early, hour=6) == 0
    assert make_digests(now=early, hour=5) == 1


def test_nothing_new_sends_nothing(people, letter, mail_box):
    assert digests() == 0
    assert send_letters() == 0


def test_what_was_read_in_the_portal_is_not_mailed(people, letter, mail_box):
    freeze(people, letter)
    digests()
    mark_read(actor=people.actor("author"))
    send_letters()
    assert mail_box.letters == []
    assert Letter.objects.get().state == "empty"


def test_what_may_no_longer_be_seen_is_not_mailed(people, letter, mail_box):
    freeze(people, letter)
    digests()
    people.team.group.user_set.remove(people.author)
    send_letters()
    assert mail_box.letters == []


def test_it_links_and_carries_the_checkpoint_and_tells_no_text(people, factory, letter, mail_box, settings):
    settings.PUBLIC_URL = "https://prompts.bank.example"
    freeze(people, letter)
    digests()
    send_letters()
    (row,) = mail_box.letters
    lines = newest_checkpoint().note.split("\n")[:3]
    for content in parts(row):
        assert all(line in content for line in lines)
        assert "https://prompts.bank.example/admin/" in content
        assert "https://prompts.bank.example/admin/account/notices/" in content
        assert "syllable" not in content
        assert "A text of mine." not in content
    assert row["List-Unsubscribe"] == "<https://prompts.bank.example/admin/account/notices/>"


def test_names_are_escaped_in_html_and_cannot_add_headers(people, factory, letter, mail_box):
    people.ethics_officer.full_name = "<b>Etta</b>\r\nBcc: all@bank.example"
    people.ethics_officer.save()
    freeze(people, letter)
    digests()
    send_letters()
    (row,) = mail_box.letters
    assert row["Bcc"] is None
    assert "&lt;b&gt;" in parts(row)[1]


def test_of_very_many_notices_the_first_are_told_and_the_rest_counted(people, letter, mail_box, monkeypatch):
    monkeypatch.setattr(sending, "SHOWN", 0)
    freeze(people, letter)
    digests()
    send_letters()
    assert "and 1 more" in parts(mail_box.letters[0])[0]


def test_whoever_chose_never_gets_none(people, letter, mail_box):
    set_preferences(actor=people.actor("author"), choices={"frozen": Choice(True, "never")})
    freeze(people, letter)
    digests()
    assert not Letter.objects.exists()
    assert Notice.objects.filter(user=people.author).exists()


def test_whoever_chose_at_once_gets_it_at_once(people, letter, mail_box):
    set_preferences(actor=people.actor("author"), choices={"frozen": Choice(True, "once")})
    freeze(people, letter)
    send_letters()
    assert len(to(mail_box, people.author)) == 1


def test_several_things_told_together_are_one_email(people, factory, letter, mail_box):
    factory.submitted(letter)
    factory.submitted(factory.draft("bank/second", risk_tier="high"))
    tell()
    send_letters()
    (row,) = to(mail_box, people.expert)
    assert row["Subject"] == "2 notices"


def test_a_muted_topic_is_not_told_of_watched_prompts(people, letter, mail_box):
    set_watch(actor=people.actor("expert"), prompt_id=letter.prompt_id, is_on=True)
    set_preferences(actor=people.actor("expert"), choices={"frozen": Choice(False, "once")})
    freeze(people, letter)
    assert not Notice.objects.filter(user=people.expert).exists()
    assert not Letter.objects.exists()


def test_being_asked_to_sign_cannot_be_muted(people, factory, letter):
    set_preferences(actor=people.actor("expert"), choices={"signing": Choice(False, "never")})
    factory.submitted(letter)
    tell()
    assert Notice.objects.filter(user=people.expert).count() == 1


def test_without_a_mail_server_there_is_the_inbox_alone(people, factory, letter, settings):
    settings.MAIL_CONFIGURED = False
    factory.submitted(letter)
    tell()
    assert Notice.objects.filter(user=people.expert, mail="").exists()
    assert not Letter.objects.exists()
    assert send_letters() == 0


def test_without_an_address_there_is_the_inbox_alone(people, factory, letter, mail_box):
    people.expert.email = ""
    people.expert.save()
    factory.submitted(letter)
    tell()
    assert Notice.objects.filter(user=people.expert).exists()
    assert not Letter.objects.filter(user=people.expert).exists()


def due(letter):
    Letter.objects.filter(pk=letter.pk).update(next_attempt_at=timezone.now())


@pytest.fixture
def queued(people, letter, mail_box):
    """A digest that is due."""
    freeze(people, letter)
    digests()
    return Letter.objects.get()


def test_a_server_that_is_down_delays_it(queued, mail_box):
    mail_box.down()
    send_letters()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("queued", 1)
    assert "refused" in queued.fault
    assert queued.next_attempt_at > timezone.now()


def test_a_recipient_that_is_refused_for_good_has_failed(queued, mail_box):
    mail_box.reply = "550 no such mailbox"
    send_letters()
    queued.refresh_from_db()
    assert (queued.state, queued.fault) == ("failed", "550 no such mailbox")


def test_a_recipient_that_is_refused_for_now_is_tried_again(queued, mail_box):
    mail_box.reply = "450 greylisted"
    send_letters()
    mail_box.reply = "250 OK"
    due(queued)
    send_letters()
    queued.refresh_from_db()
    assert (queued.state, len(mail_box.letters)) == ("sent", 1)


def test_after_the_last_try_it_has_failed(queued, mail_box):
    mail_box.after = "451 try later"
    for _ in range(len(STEPS) + 1):
        due(queued)
        send_letters()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("failed", len(STEPS) + 1)
    assert "try later" in queued.fault


def test_what_a_killed_worker_had_under_way_goes_again_under_the_same_id(queued, mail_box, monkeypatch):
    class Killed(BaseException):
        """As a SIGKILL: nothing after the sending is done."""

    def killed(*args, **kwargs):
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "settle", killed)
        with pytest.raises(Killed):
            send_letters()
    send_letters()
    assert len(mail_box.letters) == 1  # not before the lease is over
    due(queued)
    send_letters()
    assert len({row["Message-ID"] for row in mail_box.letters}) == 1
    queued.refresh_from_db()
    assert queued.state == "sent"
