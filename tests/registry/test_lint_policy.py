"""The lint's policy: at save, at the freeze, at import, and who sets it."""

import json

import pytest

from audits.identity.errors import Refused, Unacceptable
from audits.ledger.models import Event
from prompts.lifecycle.services.requests import submit_version
from prompts.registry.errors import LintRefusal
from prompts.registry.models import LintPolicy, Prompt, Version
from prompts.registry.services.drafts import create_draft, edit_draft
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.lint_policies import ensure_default_lint_policy, set_lint_policy
from prompts.registry.services.prompts import create_prompt, edit_prompt
from tests.people import SHELL
from tests.registry.test_import_prompts import file, run

KEY = "sk-ant-" + "api03-a1B2c3D4e5F6g7H8i9J0k1L2m3"


def stored() -> str:
    """All that history and ledger keep, as text."""
    events = [str(row) for row in Event.objects.values_list("payload", "subject", "reason")]
    return "".join(events) + "".join(str(row) for row in Prompt.history.values_list())


def messages(text):
    """One message."""
    return [{"role": "text", "content": text}]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": KEY},
        {"text": "a", "content": {"config": {"k": KEY}}},
        {"text": "a", "purpose": KEY},
        {"text": "a", "tags": [KEY]},
    ],
    ids=["text", "config", "purpose", "tags"],
)
@pytest.mark.requirement("gdpr/5-1-c", "owasp-asvs/16-2-5", "owasp-llm/02")
def test_a_prompt_with_a_secret_is_not_made_and_the_secret_is_nowhere(people, fields, caplog) -> None:
    with pytest.raises(LintRefusal) as refusal:
        create_prompt(actor=people.actor("author"), name="bank/a", **fields)
    assert KEY[8:] not in refusal.value.message + stored() + caplog.text
    assert not Prompt.objects.exists()


def test_a_draft_takes_no_secret(people, factory) -> None:
    version, author = factory.draft(text="one"), people.actor("author")
    for change in ({"messages": messages(KEY)}, {"change_note": KEY}, {"variables": {"examples": [KEY]}}):
        with pytest.raises(LintRefusal):
            edit_draft(actor=author, version_id=version.pk, seen_revision=1, changes=change)
    with pytest.raises(LintRefusal):
        create_draft(actor=author, prompt_id=version.prompt_id, messages=messages(KEY))
    with pytest.raises(LintRefusal):
        edit_prompt(actor=author, prompt_id=version.prompt_id, changes={"limits": KEY})
    assert (Version.objects.get().text, KEY[8:] in stored()) == ("one", False)


@pytest.mark.requirement("gdpr/5-1-c")
def test_personal_data_is_only_told_unless_the_policy_blocks_it(people, factory) -> None:
    factory.draft(text="Ask jane.miller@bluebank.de.")
    set_lint_policy(actor=SHELL, risk_tier="limited", levels={"personal-data": "blocking"})
    with pytest.raises(LintRefusal, match="line 1, column 5"):
        factory.draft(text="Ask jane.miller@bluebank.de.")


def test_a_purpose_is_wanted_where_the_risk_is_high(people, factory) -> None:
    author = people.actor("author")
    draft = factory.draft(purpose="", risk_tier="high")
    with pytest.raises(LintRefusal, match="purpose is missing"):
        submit_version(actor=author, version_id=draft.pk, why="It is time.")
    assert not Version.objects.get(pk=draft.pk).is_frozen
    assert freeze_version(actor=author, version_id=factory.draft(purpose="").pk).is_frozen


def test_blocking_rules_of_writing_let_a_draft_be_saved_and_stop_the_freeze(people, factory) -> None:
    set_lint_policy(actor=SHELL, risk_tier="limited", levels={"undelimited-input": "blocking"})
    draft = factory.draft(text="Translate {{word}} now.")
    with pytest.raises(LintRefusal, match="word stands bare"):
        freeze_version(actor=people.actor("author"), version_id=draft.pk)


def test_an_import_comes_in_whole_and_counts_findings(house, tmp_path) -> None:
    rows = [{"name": "a", "prompt": f"Use {KEY}"}, {"name": "b", "prompt": "Fine."}]
    path = file(tmp_path, "rows.jsonl", "\n".join(map(json.dumps, rows)).encode())
    summary = run(path)
    assert (summary["created"], summary["skipped"], summary["findings"]) == (2, 0, 1)
    assert Version.objects.get(prompt__name="imported/a").text == f"Use {KEY}"
    with pytest.raises(LintRefusal):
        freeze_version(actor=SHELL, version_id=Version.objects.get(prompt__name="imported/a").pk)
    assert run(path)["findings"] == 0


def test_setting_the_policy_leaves_history_and_an_event(people) -> None:
    admin = people.actor("administrator")
    policy = set_lint_policy(actor=admin, risk_tier="high", levels={"length": "off"})
    set_lint_policy(actor=admin, risk_tier="high", levels={"length": "off"})
    assert (policy.version, policy.levels["length"], policy.levels["secret"]) == (2, "off", "blocking")
    assert policy.history.latest().history_actor == "admin"
    event = Event.objects.filter(event="registry.lint_policy.set").latest("pk")
    assert json.loads(event.payload)["changed"] == {"length": ["advisory", "off"]}


@pytest.mark.parametrize(
    "change", [{"risk_tier": "none"}, {"levels": {"no": "off"}}, {"levels": {"length": "loud"}}]
)
def test_a_policy_with_a_fault_is_refused(house, change) -> None:
    with pytest.raises(Unacceptable):
        set_lint_policy(actor=SHELL, **{"risk_tier": "high", "levels": {}, **change})


@pytest.mark.parametrize("who", ["author", "steward", "auditor", "stranger", "service"])
def test_only_administrators_set_the_policy(people, who) -> None:
    with pytest.raises(Refused):
        set_lint_policy(actor=people.actor(who), risk_tier="high", levels={"secret": "off"})


def test_setting_up_again_keeps_what_people_set(house) -> None:
    set_lint_policy(actor=SHELL, risk_tier="high", levels={"secret": "off"})
    assert ensure_default_lint_policy(actor=SHELL) == []
    assert LintPolicy.objects.get(risk_tier="high").levels["secret"] == "off"
