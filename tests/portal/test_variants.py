"""The tab of variants and its forms."""

import pytest
from django.urls import reverse

from audits.ledger.models import Event
from prompts.registry.models import Prompt, RequiredClauses, Variant
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.drafts import edit_draft
from prompts.registry.services.variants import create_variant, set_clauses
from prompts.releases.models import Freeze
from tests.people import SHELL
from tests.portal.opening import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def base(factory) -> Prompt:
    """A prompt, and a dimension."""
    set_dimension(actor=SHELL, slug="channel", title="Channel", values=["sms", "chat"])
    return factory.draft("bank/hello", text="Hello. Never promise a refund.").prompt


def tab(prompt) -> str:
    return f"{reverse('admin:prompt', args=[prompt.pk])}?tab=variants"


def test_a_variant_is_begun_in_the_browser(desk, base):
    page = desk.browser("author").get(tab(base))
    assert "answers for every channel" in page.content.decode()
    sent = desk.browser("author").post(reverse("admin:variant-new", args=[base.pk]), {"d-channel": "sms"})
    row = Variant.objects.get()
    assert sent.url == reverse("admin:draft", args=[row.prompt.versions.get().pk])
    assert "hello-sms" in desk.browser("author").get(tab(base)).content.decode()


def test_without_a_dimension_nothing_is_begun_and_that_is_told(desk, base):
    sent = desk.browser("author").post(
        reverse("admin:variant-new", args=[base.pk]), {"d-channel": ""}, follow=True
    )
    assert "Choose at least one dimension" in sent.content.decode()
    assert not Variant.objects.exists()


def test_clauses_and_drift_are_shown_to_base_and_variant(people, desk, base):
    desk.browser("author").post(
        reverse("admin:variant-clauses", args=[base.pk]), {"clauses": "Never promise <b>.\n\nB"}
    )
    assert RequiredClauses.objects.get().clauses == [["Never promise <b>."], ["B"]]
    row = create_variant(actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"})
    for prompt in (base, row.prompt):
        page = desk.browser("expert").get(tab(prompt)).content.decode()
        assert "The clause “Never promise &lt;b&gt;.” is missing" in page
    assert "Against the base" in page


def test_the_page_says_who_would_answer_and_why(people, factory, desk, base):
    row = create_variant(actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"})
    page = desk.browser("author").get(f"{tab(base)}&d-channel=sms").content.decode()
    assert "nothing answers in production" in page
    factory.released(base.versions.get())
    page = desk.browser("author").get(f"{tab(base)}&d-channel=sms").content.decode()
    assert "not live, so a more general one is asked" in page
    factory.released(row.prompt.versions.get())
    page = desk.browser("author").get(f"{tab(base)}&d-channel=sms&d-other=x").content.decode()
    assert f'<a href="{reverse("admin:prompt", args=[row.prompt_id])}">bank/hello-sms</a> answers' in page


def test_whoever_may_not_write_gets_no_forms_and_no_way_around(people, desk, base):
    row = create_variant(actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"})
    assert "Begin the variant" not in desk.browser("expert").get(tab(base)).content.decode()
    for name, data in (
        ("variant-new", {"d-channel": "chat"}),
        ("variant-clauses", {"clauses": "x"}),
    ):
        assert desk.browser("expert").post(reverse(f"admin:{name}", args=[base.pk]), data).status_code == 403
    unlink = reverse("admin:variant-unlink", args=[row.prompt_id])
    assert desk.browser("expert").post(unlink, {"reason": "x"}).status_code == 403
    assert desk.browser("author").post(unlink, {"reason": "Its own."}).url.endswith("tab=variants")
    assert not Variant.objects.exists()


def test_a_prompt_that_is_there_becomes_a_variant(people, factory, desk, base):
    other = factory.draft("bank/hi", text="Hi. Never promise a refund.").prompt
    link = reverse("admin:variant-link", args=[base.pk])
    assert "Take in a prompt that is there" in desk.browser("author").get(tab(base)).content.decode()
    assert desk.browser("expert").post(link, {"prompt": other.name, "d-channel": "sms"}).status_code == 403
    for wrong in ({"prompt": "bank/none", "d-channel": "sms"}, {"prompt": other.name, "d-channel": ""}):
        desk.browser("author").post(link, wrong)
    assert not Variant.objects.exists()
    assert desk.browser("author").post(link, {"prompt": other.name, "d-channel": "sms"}).url == tab(base)
    row = Variant.objects.get()
    assert (row.prompt, row.base, row.dimensions) == (other, base, {"channel": "sms"})
    assert tab(other) in desk.browser("author").get(tab(base)).content.decode()
    assert Event.objects.get(event="registry.variant.linked").subject == "bank/hi"


def test_drifted_variants_are_a_work_list(people, desk, base):
    row = create_variant(actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"})
    page = reverse("admin:worklists") + "?list=drifted"
    assert "bank/hello-sms" not in desk.browser("steward").get(page).content.decode()
    set_clauses(actor=people.actor("author"), base_id=base.pk, clauses=[["Never promise a refund."]])
    edit_draft(
        actor=people.actor("author"),
        version_id=row.prompt.versions.get().pk,
        seen_revision=1,
        changes={"messages": [{"role": "text", "content": "Hi."}]},
    )
    assert "hello-sms" in desk.browser("steward").get(page).content.decode()


@pytest.fixture
def live_pair(people, factory, base) -> tuple[Prompt, Prompt]:
    """A base and a variant of it, both live in development."""
    row = create_variant(actor=people.actor("author"), base_id=base.pk, dimensions={"channel": "sms"})
    for prompt in (base, row.prompt):
        factory.released(prompt.versions.get(), environment="development")
    return base, row.prompt


def test_drift_compares_what_is_served_and_not_a_draft(people, factory, desk, live_pair):
    base, variant = live_pair
    factory.next_draft(variant, text="Hello. We promise a refund.")
    page = desk.browser("author").get(tab(base)).content.decode()
    assert "in step" in page
    factory.released(variant.versions.get(number=2), environment="development")
    page = desk.browser("author").get(tab(base)).content.decode()
    assert "Never promise a refund" in page
    assert "in step" not in page


def test_who_freezes_a_base_is_told_of_its_variants_and_may_freeze_them_too(desk, live_pair):
    base, variant = live_pair
    page = desk.text("ethics_officer", "freeze", base.pk)
    assert "go on being served unless they are frozen too" in page
    assert variant.name in page
    desk.post("ethics_officer", "freeze", base.pk, act="freeze", reason="Harm.", also=[variant.pk])
    frozen = Freeze.objects.order_by("pk").values_list("prompt__name", "reason")
    assert list(frozen) == [(base.name, "Harm."), (variant.name, "Harm.")]


def test_a_frozen_base_says_which_variants_are_still_served(desk, live_pair):
    base, variant = live_pair
    desk.post("ethics_officer", "freeze", base.pk, act="freeze", reason="Harm.")
    page = desk.text("ethics_officer", "prompt", base.pk)
    assert "Its variants are still served:" in page
    assert f'href="{reverse("admin:freeze", args=[variant.pk])}"' in page
    desk.post("ethics_officer", "freeze", variant.pk, act="freeze", reason="Harm.")
    assert "still served" not in desk.text("ethics_officer", "prompt", base.pk)


def test_only_served_variants_of_the_base_are_frozen_with_it_and_all_or_none(desk, factory, live_pair):
    base, _ = live_pair
    other = factory.draft("bank/other").prompt
    answer = desk.post("ethics_officer", "freeze", base.pk, act="freeze", reason="Harm.", also=[other.pk])
    assert (answer.status_code, Freeze.objects.count()) == (400, 0)
