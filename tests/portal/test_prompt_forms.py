"""Writing a new prompt, and its description."""

import pytest

from prompts.registry.models import Prompt
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def fields(bank):
    """A complete form of a new prompt."""
    return {
        "collection": bank.pk,
        "leaf": "cards/refusal",
        "kind": "text",
        "text": "Say no.",
        "risk_tier": "limited",
    }


def test_a_new_prompt_begins_as_a_draft_in_the_editor(desk, fields):
    answer = desk.post("author", "prompt-new", **fields, tags="tone, cards", owner="ada")
    prompt = Prompt.objects.get(name="bank/cards/refusal")
    draft = prompt.versions.get()
    told = (draft.text, prompt.tags, prompt.owner.username, answer.headers["Location"])
    assert told == ("Say no.", ["tone", "cards"], "ada", f"/admin/drafts/{draft.pk}/")


def test_a_first_text_is_kept_byte_for_byte(desk, fields):
    desk.post("author", "prompt-new", **fields | {"text": "  two spaces  \n"})
    assert Prompt.objects.get().versions.get().text == "  two spaces  \n"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"leaf": ""}, "leaf"),
        ({"leaf": "x" * 300}, "leaf"),
        ({"leaf": "a|b"}, "leaf"),
        ({"leaf": "cards/versions"}, "leaf"),
        ({"text": "{{#open}}"}, "text"),
        ({"text": " \n"}, "text"),
        ({"owner": "nobody-here"}, "owner"),
        ({"tags": "x" * 61}, "tags"),
        ({"risk_tier": "huge"}, "risk_tier"),
    ],
)
def test_a_fault_stands_at_its_field(desk, fields, change, field):
    answer = desk.post("author", "prompt-new", **fields | change)
    assert (answer.status_code, list(answer.context["form"].errors), Prompt.objects.count()) == (
        400,
        [field],
        0,
    )


def test_a_taken_name_is_told(desk, fields, factory):
    factory.draft(name="bank/Cards/Refusal")
    assert "leaf" in desk.post("author", "prompt-new", **fields).context["form"].errors


@pytest.mark.parametrize("who", ["auditor", "administrator", "ethics_officer", "expert", "documentarian"])
def test_who_may_not_write_creates_nothing(desk, fields, who):
    assert (desk.post(who, "prompt-new", **fields).status_code, Prompt.objects.count()) == (403, 0)


def test_a_stranger_cannot_write_into_a_foreign_collection(desk, fields):
    assert (desk.post("stranger", "prompt-new", **fields).status_code, Prompt.objects.count()) == (400, 0)


def test_a_description_is_saved(desk, factory):
    prompt = factory.draft().prompt
    desk.post(
        "documentarian", "prompt-edit", prompt.pk, purpose="Better.", risk_tier="limited", excluded_use="X"
    )
    prompt.refresh_from_db()
    assert (prompt.purpose, prompt.excluded_use) == ("Better.", "X")


def test_a_documentation_specialist_does_not_set_the_risk(desk, factory):
    prompt = factory.draft().prompt
    desk.post("documentarian", "prompt-edit", prompt.pk, purpose="Better.", risk_tier="minimal")
    prompt.refresh_from_db()
    assert (prompt.risk_tier, prompt.purpose) == ("limited", "Explains a decision.")


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("auditor", 403), ("author", 200)])
def test_who_may_open_the_description(desk, factory, who, status):
    assert desk.get(who, "prompt-edit", factory.draft().prompt_id).status_code == status


@pytest.mark.parametrize("text", ["", "  "])
def test_a_missing_text_is_asked_for_in_plain_words(desk, fields, text):
    answer = desk.post("author", "prompt-new", **fields | {"text": text})
    assert answer.context["form"].errors["text"] == ["Write the text first."]


def test_what_can_be_said_later_is_folded_until_it_has_a_fault(desk, fields):
    calm = desk.post("author", "prompt-new", **fields | {"leaf": ""}).context["form"]
    wrong = desk.post("author", "prompt-new", **fields | {"regulation_tags": "x" * 61}).context["form"]
    assert (calm.has_later_fault(), wrong.has_later_fault()) == (False, True)
