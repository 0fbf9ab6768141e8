"""Archiving one prompt by clicks, and finding it again."""

import pytest
from django.urls import reverse

from prompts.registry.models import Prompt
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.variants import create_variant
from tests.people import SHELL
from tests.portal.opening import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def test_there_and_back(desk, factory):
    prompt = factory.draft("bank/old").prompt
    assert "leaves lists and searches" in desk.text("author", "prompt-archive", prompt.pk)
    assert desk.post("author", "prompt-archive", prompt.pk, reason="").status_code == 400
    assert desk.post("author", "prompt-archive", prompt.pk, reason="Nobody uses it.").status_code == 302
    prompt.refresh_from_db()
    assert prompt.archived_at
    assert reverse("admin:prompt", args=[prompt.pk]) not in desk.text("author", "prompts")
    listed = reverse("admin:prompt", args=[prompt.pk])
    assert listed in desk.text("author", "prompts", q="state:archived ol")
    assert listed not in desk.text("author", "prompts", q="state:archived new")
    assert listed not in desk.text("stranger", "prompts", state="archived")
    page = desk.text("author", "prompt", prompt.pk)
    assert "Archived" in page
    assert "Write version" not in page
    desk.post("author", "prompt-archive", prompt.pk, reason="Again.")
    prompt.refresh_from_db()
    assert prompt.archived_at is None


def test_what_is_live_or_has_variants_stays(people, desk, factory):
    live = factory.released(name="bank/live").prompt
    assert "is live in" in desk.text("author", "prompt-archive", live.pk)
    refused = desk.post("author", "prompt-archive", live.pk, reason="x")
    assert (refused.status_code, "retire it first" in refused.content.decode()) == (409, True)
    set_dimension(actor=SHELL, slug="channel", title="Channel", values=["sms"])
    base = factory.draft("bank/base").prompt
    row = create_variant(actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"})
    assert "among them bank/base-sms" in desk.text("author", "prompt-archive", base.pk)
    desk.post("author", "prompt-archive", row.prompt_id, reason="x")
    assert desk.post("author", "prompt-archive", base.pk, reason="x").status_code == 302
    assert Prompt.objects.filter(archived_at__isnull=False).count() == 2


def test_who_may_not_write_does_not_archive(desk, factory):
    prompt = factory.draft("bank/old").prompt
    assert desk.post("expert", "prompt-archive", prompt.pk, reason="x").status_code == 403
    assert desk.post("stranger", "prompt-archive", prompt.pk, reason="x").status_code == 404
    address = reverse("admin:prompt-archive", args=[prompt.pk])
    assert address in desk.text("author", "prompt-edit", prompt.pk)
