"""The work list of undocumented prompts, the prompt card, and signing on it."""

import pytest

from portal.selectors.documentation import gaps, undocumented
from prompts.lifecycle.models import DocumentationSignature
from prompts.registry.services.prompts import archive_prompt, edit_prompt
from tests.documented import WHOLE
from tests.people import PASSWORD
from tests.portal.opening import Desk


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


@pytest.fixture
def version(people, factory):
    """A live version whose documentation is complete."""
    return factory.released(name="bank/whole", owner=people.steward, **WHOLE)


def seal(desk, version, who="documentarian", **more):
    """What the card's form sends."""
    card = desk.get(who, "prompt-card", version.prompt_id, version=version.number).context["card"]
    sent = {"seen_text_digest": card.version.digest, "seen_documentation_digest": card.digest}
    sent |= {"version": version.number, "password": PASSWORD, **more}
    return desk.post(who, "prompt-card", version.prompt_id, **sent)


def test_the_riskiest_and_live_come_first(people, factory):
    factory.draft(name="bank/minor", risk_tier="minimal", purpose="")
    factory.draft(name="bank/grave", risk_tier="high")
    factory.released(name="bank/served")
    factory.draft(name="bank/asleep")
    names = [row.name for row in undocumented(people.actor("documentarian"))]
    assert names == ["bank/grave", "bank/served", "bank/asleep", "bank/minor"]


def test_what_is_complete_or_archived_is_not_on_the_list(people, factory, version):
    old = factory.draft(name="bank/old").prompt
    archive_prompt(actor=people.actor("author"), prompt_id=old.pk, reason="Not needed.")
    assert not undocumented(people.actor("documentarian")).exists()


def test_each_missing_section_leads_to_its_field(desk, factory):
    prompt = factory.draft(name="bank/thin").prompt
    text = desk.text("documentarian", "documentation")
    assert f'href="/admin/prompts/{prompt.pk}/edit#id_intended_use"' in text
    assert 'id="id_intended_use"' in desk.text("documentarian", "prompt-edit", prompt.pk)


def test_who_may_not_document_gets_no_links_to_fields(desk, factory):
    prompt = factory.draft(name="bank/thin").prompt
    text = desk.text("auditor", "documentation")
    assert "bank/" in text
    assert f"/admin/prompts/{prompt.pk}/edit" not in text


def test_a_stranger_sees_nothing_of_it(desk, factory):
    factory.draft(name="bank/thin")
    assert desk.get("stranger", "documentation").context["rows"] == []


def test_the_list_narrows_by_tier_and_to_what_is_live(desk, factory):
    factory.draft(name="bank/grave", risk_tier="high")
    factory.released(name="bank/served")
    grave = desk.get("documentarian", "documentation", tier="high").context["rows"]
    live = desk.get("documentarian", "documentation", live="1").context["rows"]
    assert [row.prompt.name for row in [*grave, *live]] == ["bank/grave", "bank/served"]


def test_more_prompts_cost_no_more_queries(people, factory, django_assert_num_queries):
    actor = people.actor("documentarian")
    for number in range(6):
        factory.draft(name=f"bank/thin-{number}", owner=people.steward)
    with django_assert_num_queries(3):
        assert len(gaps(actor)) == 6


def test_it_is_the_first_work_on_the_specialists_home(desk, factory):
    factory.draft(name="bank/thin")
    home = desk.browser("documentarian").get("/admin/")
    assert home.context["left"][0].id == "gaps"
    assert "/admin/documentation/" in home.content.decode()


@pytest.mark.requirement("eu-ai-act/13", "iso-42001/a-9-4")
def test_the_card_tells_everything_of_a_version(desk, people, version):
    text = desk.text("auditor", "prompt-card", version.prompt_id, version=1)
    told = [version.digest, "production: version 1", "Sten", "Ready for use under my stewardship", "UTC"]
    told += [*WHOLE.values(), "limited risk@1", "limited@1", "As of"]
    assert [word for word in told if word not in text] == []


def test_the_card_of_a_prompt_without_anything_opens(desk, factory):
    version = factory.draft(purpose="", excluded_use="")
    text = desk.text("author", "prompt-card", version.prompt_id)
    assert "required: empty" in text
    assert "a draft: it has no digest" in text


def test_hostile_sections_stay_text(desk, factory):
    version = factory.draft(hazards="<script>alert(1)</script>", regulation_tags=["<b>x</b>"])
    text = desk.text("author", "prompt-card", version.prompt_id)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert "<b>x</b>" not in text


@pytest.mark.parametrize("number", ["2", "0", "x", "-1", "99999999999999999999"])
def test_a_version_that_is_not_there_has_no_card(desk, version, number):
    assert desk.get("author", "prompt-card", version.prompt_id, version=number).status_code == 404


def test_the_specialist_signs_on_the_card(desk, version):
    assert seal(desk, version, comment="Clear.").status_code == 302
    signed = DocumentationSignature.objects.get()
    assert (signed.version, signed.username, signed.comment) == (version, "doku", "Clear.")
    for page in ("prompt", "prompt-card"):
        assert "Documentation signed by" in desk.text("auditor", page, version.prompt_id)


def test_a_change_afterwards_is_told_on_card_and_prompt(desk, people, version):
    seal(desk, version)
    changes = {"limits": "It knows even less than it did."}
    edit_prompt(actor=people.actor("author"), prompt_id=version.prompt_id, changes=changes)
    for page in ("prompt", "prompt-card"):
        assert "changed since" in desk.text("auditor", page, version.prompt_id)


def test_what_waits_for_the_specialist_ends_with_the_signature(desk, people, version):
    waiting = desk.get("documentarian", "documentation").context["unsigned"]
    assert [(row.version, row.live) for row in waiting] == [(version, ["production"])]
    seal(desk, version)
    assert desk.get("documentarian", "documentation").context["unsigned"] == []
    edit_prompt(actor=people.actor("author"), prompt_id=version.prompt_id, changes={"tags": ["new"]})
    assert desk.get("documentarian", "documentation").context["unsigned"] == []
    edit_prompt(actor=people.actor("author"), prompt_id=version.prompt_id, changes={"data": "Names only."})
    assert [row.before for row in desk.get("documentarian", "documentation").context["unsigned"]] == [True]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"password": "wrong"}, 403),
        ({"password": ""}, 403),
        ({"seen_text_digest": "0" * 64}, 409),
        ({"seen_documentation_digest": ""}, 409),
        ({"comment": "x" * 4001}, 400),
        ({"comment": "\0"}, 400),
    ],
)
def test_a_refused_signature_says_why_on_the_card(desk, version, change, status):
    answer = seal(desk, version, **change)
    told = (answer.status_code, DocumentationSignature.objects.count(), bool(answer.context["fault"]))
    assert told == (status, 0, True)


@pytest.mark.parametrize(("who", "status"), [("author", 403), ("auditor", 403), ("stranger", 404)])
def test_who_may_not_sign_is_refused(desk, version, who, status):
    sent = {"version": 1, "password": PASSWORD, "seen_text_digest": version.digest}
    assert desk.post(who, "prompt-card", version.prompt_id, **sent).status_code == status


def test_an_administrator_sets_a_standard_in_the_admin(desk, people, factory):
    from prompts.registry.models import DocumentationStandard

    row = DocumentationStandard.objects.get(risk_tier="minimal")
    sent = {"least_purpose": 30, "least_owner": 1, "least_limits": 0}
    desk.post("administrator", "registry_documentationstandard_change", row.pk, **sent)
    row.refresh_from_db()
    assert row.sections == [{"name": "purpose", "least": 30}, {"name": "owner", "least": 1}]
    assert (row.version, row.history.latest().history_actor) == (2, "admin")
