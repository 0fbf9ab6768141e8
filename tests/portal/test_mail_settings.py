"""Where e-mail is handed over: read from the environment, refused where it makes no sense."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.checks import mail_settings
from portal.settings import env


@pytest.mark.parametrize(
    ("url", "port", "starttls", "tls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://mail.example", 587, True, False),
        ("smtps://mail.example", 465, False, True),
        ("smtps://mail.example:2465", 2465, False, True),
    ],
)
def test_the_scheme_says_how_it_is_encrypted(url, port, starttls, tls):
    found = env.mail(url, "a@bank.example")
    assert (found.host, found.port, found.starttls, found.tls) == ("mail.example", port, starttls, tls)


def test_names_and_passwords_may_hold_any_character():
    found = env.mail("smtps://us%40er:pa%3Ass%2F@mail.example", "a@bank.example")
    assert (found.user, found.password) == ("us@er", "pa:ss/")


def test_without_an_address_nothing_is_sent():
    assert env.mail("", "").host == ""


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("mail.example", "a@bank.example"),
        ("http://mail.example", "a@bank.example"),
        ("smtp://", "a@bank.example"),
        ("smtp://mail.example:99999", "a@bank.example"),
        ("smtp://mail.example", ""),
        ("smtp://mail.example", "nobody"),
        ("smtp://mail.example", "a@bank.example\nBcc: b@bank.example"),
    ],
)
def test_what_makes_no_sense_is_refused(url, sender):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_"):
        env.mail(url, sender)


def test_checks_warn_of_an_open_way_and_of_links_that_lead_nowhere(settings):
    settings.MAIL_CONFIGURED, settings.EMAIL_HOST = True, "mail.example"
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert [found.id for found in mail_settings(None)] == ["imprimatur.W001", "imprimatur.W002"]
    settings.EMAIL_USE_TLS, settings.PUBLIC_URL = True, "https://prompts.bank.example"
    assert mail_settings(None) == []


def test_checks_are_silent_without_mail(settings):
    settings.MAIL_CONFIGURED = False
    assert mail_settings(None) == []
