"""List prices: offered with their date, for the makers' own addresses, and never over what was entered."""

from decimal import Decimal

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.models import Provider
from prompts.evaluations.prices.reading import FILE, as_of, listed
from prompts.evaluations.services.providers import create_provider, edit_provider
from prompts.registry.library.yaml_texts import load_yaml
from tests.people import SHELL
from tests.portal.opening import Desk

OURS = {"actor": SHELL, "name": "maker", "kind": "openai", "model": "gpt-4o"}


def prices(provider):
    return provider.price_in, provider.price_out, provider.price_cached


def test_every_line_of_the_list_is_whole_and_plausible():
    for kind, maker in load_yaml(FILE.read_text(encoding="utf-8"))["makers"].items():
        assert kind in Provider.Kind.values
        for model in maker["models"]:
            found = listed(kind, "", model)
            assert 0 < found.prices.cached < found.prices.input < found.prices.output <= 100
            assert f"{as_of():%Y}" in found.words
            assert maker["told_by"] in found.words


@pytest.mark.parametrize(
    ("kind", "address", "model", "there"),
    [
        ("openai", "", "gpt-4o", True),
        ("openai", "https://api.openai.com/v1", "gpt-4o", True),
        ("openai", "https://api.openai.com.models.example/v1", "gpt-4o", False),
        ("openai", "https://models.example/v1", "gpt-4o", False),
        ("openai", "", "gpt-4o-2024-05-13", False),
        ("anthropic", "", "gpt-4o", False),
        ("http", "https://api.openai.com", "gpt-4o", False),
        ("openai", "", "", False),
    ],
)
def test_prices_are_known_at_the_makers_own_address_by_the_whole_name(kind, address, model, there):
    assert (listed(kind, address, model) is not None) is there


def test_none_is_taken_unasked(house):
    assert prices(create_provider(**OURS)) == (None, None, None)


def test_asked_for_they_fill_what_is_empty_and_nothing_else(house):
    provider = create_provider(**OURS, price_in="9", list_prices=True)
    assert prices(provider) == (Decimal(9), Decimal(10), Decimal("1.25"))
    edit_provider(actor=SHELL, provider_id=provider.pk, changes={"price_out": "7"}, list_prices=True)
    provider.refresh_from_db()
    assert prices(provider) == (Decimal(9), Decimal(7), Decimal("1.25"))


def test_with_them_a_budget_can_be_kept(house):
    assert create_provider(**OURS, month_budget="5", list_prices=True).month_budget == 5


def test_of_a_model_that_is_not_listed_it_says_so(house):
    with pytest.raises(Unacceptable, match="list has no prices") as caught:
        create_provider(**{**OURS, "model": "gpt-9"}, list_prices=True)
    assert caught.value.field == "list_prices"


def test_the_form_offers_them_with_their_date_and_keeps_them_editable(people):
    desk = Desk(people)
    page = desk.text("administrator", "evaluations_provider_add")
    assert f"price lists of {as_of().day} {as_of():%B %Y}" in page
    told = {"name": "maker", "kind": "openai", "model": "gpt-4o", "parameters": "{}", "timeout_seconds": "60"}
    sent = desk.post("administrator", "evaluations_provider_add", **told, list_prices="on")
    assert sent.status_code == 302
    row = Provider.objects.get(name="maker")
    assert prices(row) == (Decimal("2.5"), Decimal(10), Decimal("1.25"))
    page = desk.text("administrator", "evaluations_provider_change", row.pk)
    assert "as quoted in March 2026; look at OpenAI&#x27;s own list" in page
    told |= {"price_in": "2", "price_out": "8", "is_active": "on"}
    desk.post("administrator", "evaluations_provider_change", row.pk, **told)
    row.refresh_from_db()
    assert prices(row) == (Decimal(2), Decimal(8), None)
