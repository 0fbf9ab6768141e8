"""Lint and variables on the pages: the editor, its preview, the prompt page, the policy's form."""

import pytest
from django.urls import reverse

from prompts.registry.models import LintPolicy, Version
from tests.portal.opening import Desk
from tests.portal.test_editor import form

KEY = "sk-ant-" + "api03-a1B2c3D4e5F6g7H8i9J0k1L2m3"


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def test_the_editor_tells_a_finding_with_a_link_to_its_place(desk, factory):
    text = desk.text("author", "draft", factory.draft(text="Hi.\nUse {{word}} now.").pk)
    assert "word stands bare in the text" in text
    assert 'href="#content-1" data-message="0" data-line="2" data-column="5"' in text


def test_the_preview_tells_findings_of_what_is_typed(desk, factory):
    draft = factory.draft(text="Fine.")
    lint = desk.post("author", "draft-preview", draft.pk, **form(draft, f"Use {KEY}")).json()["lint"]
    assert [(row["code"], row["severity"], row["line"]) for row in lint["rows"][:1]] == [
        ("secret", "blocking", 1)
    ]
    assert KEY[8:] not in str(lint)


def test_a_refused_secret_keeps_the_text_in_the_form_and_out_of_the_store(desk, factory):
    draft = factory.draft(text="Fine.")
    answer = desk.post("author", "draft", draft.pk, **form(draft, f"Use {KEY}", save="1"))
    assert (answer.status_code, answer.context["fault"].code) == (400, "lint")
    assert Version.objects.get(pk=draft.pk).text == "Fine."


def test_the_prompt_page_counts_findings_and_tells_them_beside_the_text(desk, factory):
    pk = factory.draft(text="Use {{word}} now.", limits="None.").prompt_id
    assert "1 finding</a>" in desk.text("expert", "prompt", pk)
    assert 'href="#message-1"' in desk.text("expert", "prompt", pk, tab="text")


def test_rows_of_variables_are_stored_as_a_schema_and_fill_the_preview(desk, factory):
    draft = factory.draft()
    rows = {"type:n": "number", "required:n": "1", "describe:n": "How many.", "sample:n": "3"}
    desk.post("author", "draft", draft.pk, **form(draft, "{{n}}", save="1", **rows))
    draft.refresh_from_db()
    told = {"type": "number", "description": "How many.", "examples": [3]}
    assert draft.variables == {"type": "object", "properties": {"n": told}, "required": ["n"]}
    assert desk.get("author", "draft", draft.pk).context["preview"][0]["text"] == "3"


def test_the_changed_json_counts_instead_of_the_rows(desk, factory):
    draft = factory.draft()
    sent = {"schema_seen": "", "schema": '{"properties": {"n": {"type": "integer"}}}', "type:n": "object"}
    desk.post("author", "draft", draft.pk, **form(draft, "{{n}}", save="1", **sent))
    assert Version.objects.get(pk=draft.pk).variables == {"properties": {"n": {"type": "integer"}}}


@pytest.mark.parametrize(
    "sent",
    [{"schema": "{no"}, {"schema": "[]"}, {"schema": '{"type": 3}'}, {"type:n": "array", "sample:n": "{}"}],
)
def test_a_fault_in_the_variables_is_told_and_nothing_stored(desk, factory, sent):
    draft = factory.draft()
    answer = desk.post("author", "draft", draft.pk, **form(draft, "{{n}}", save="1", schema_seen="", **sent))
    assert (answer.status_code, answer.context["fault"].field) == (400, "variables")
    assert Version.objects.get(pk=draft.pk).variables == {}


def test_a_schema_is_proposed_and_saved_only_when_asked(desk, factory):
    draft = factory.draft()
    sheet = desk.post("author", "draft", draft.pk, **form(draft, "{{n}}", propose="1")).context["sheet"]
    assert Version.objects.get(pk=draft.pk).variables == {}
    seen = sheet.declared.typed
    desk.post("author", "draft", draft.pk, **form(draft, "{{n}}", save="1", schema=seen, schema_seen=seen))
    assert Version.objects.get(pk=draft.pk).variables["required"] == ["n"]


def test_many_variables_leave_the_form_small_enough_to_send(desk, factory):
    text = " ".join(f"<a>{{{{v{number}}}}}</a>" for number in range(10_000))
    answer = desk.get("author", "draft", factory.draft(text=text).pk)
    assert (len(answer.context["variables"]), answer.context["unlisted"]) == (100, 9_900)


def test_an_administrator_sets_the_policy_in_its_form(desk):
    policy = LintPolicy.objects.get(risk_tier="minimal")
    fields = {f"level_{code.replace('-', '_')}": level for code, level in policy.levels.items()}
    address = reverse("admin:registry_lintpolicy_change", args=[policy.pk])
    assert desk.browser("administrator").post(address, {**fields, "level_length": "off"}).status_code == 302
    policy.refresh_from_db()
    assert (policy.levels["length"], policy.version) == ("off", 2)
