"""The pages of forms: what is asked of a person, signing it, trainings."""

import pytest
from django.urls import reverse

from audits.identity.models import RequiredForm, SignedForm
from audits.identity.services.signed_forms import set_form, text_digest
from audits.ledger.models import Event
from prompts.lifecycle.services.set_policy import set_policy
from tests.people import PASSWORD, SHELL
from tests.portal.opening import Desk


@pytest.fixture
def rules(people):
    told = {"title": "Rules", "kind": "acknowledgement", "text": "Read <b>first</b>."}
    return set_form(actor=SHELL, slug="rules", roles=["steward"], validity_days=30, **told)


@pytest.fixture
def course(people):
    told = {"title": "Course", "kind": "training", "text": "Two days."}
    return set_form(actor=SHELL, slug="course", roles=["steward"], validity_days=30, **told)


def sign(people, form, **changes):
    data = {"seen_digest": text_digest(form), "password": PASSWORD, **changes}
    return Desk(people).browser("steward").post(reverse("admin:form", args=[form.pk]), data)


def test_what_is_missing_is_told_and_signed_with_the_password(people, rules):
    client = Desk(people).browser("steward")
    assert "1 of 1 missing" in client.get(reverse("admin:forms")).content.decode()
    assert (
        "Read &lt;b&gt;first&lt;/b&gt;."
        in client.get(reverse("admin:form", args=[rules.pk])).content.decode()
    )
    assert sign(people, rules)["Location"] == reverse("admin:forms")
    assert "The one that is asked of you holds" in client.get(reverse("admin:forms")).content.decode()
    assert SignedForm.objects.get().authenticated_by == "password"


def test_a_wrong_password_signs_nothing_and_is_recorded(people, rules):
    answer = sign(people, rules, password="guess")
    assert answer.status_code == 403
    assert "This is not your password" in answer.content.decode()
    assert Event.objects.get(event="lifecycle.signature.refused").subject == "rules"
    assert not SignedForm.objects.exists()


def test_a_text_that_changed_meanwhile_is_shown_again(people, rules):
    answer = sign(people, rules, seen_digest="0" * 64)
    assert answer.status_code == 409
    assert "Read it again" in answer.content.decode()


@pytest.mark.requirement("21-cfr-11/10-j")
def test_a_form_of_a_policy_is_asked_of_every_signer(people, rules):
    seats = [{"role": "ethics-officer", "count": 1}]
    set_policy(
        actor=SHELL, name="high risk", risk_tier="high", seats=seats, validity_days=30, forms=["rules"]
    )
    page = Desk(people).text("expert", "forms")
    assert "Read and sign" in page
    assert "None is asked of you" in Desk(people).text("engineer", "forms")


def test_an_administrator_records_a_training(people, course):
    address = reverse("admin:form-people", args=[course.pk])
    data = {"person": "sten", "completed": "2026-01-05", "note": "Certificate 7"}
    Desk(people).browser("administrator").post(address, data)
    assert SignedForm.objects.get().recorded_by == "admin"
    assert "Certificate 7" in Desk(people).browser("auditor").get(address).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"person": "nobody"}, {"completed": "soon"}, {"completed": "2026-99-01"}, {"note": ""}]
)
def test_a_training_with_a_fault_is_not_recorded(people, course, wrong):
    data = {"person": "sten", "completed": "2026-01-05", "note": "Certificate 7", **wrong}
    Desk(people).browser("administrator").post(reverse("admin:form-people", args=[course.pk]), data)
    assert not SignedForm.objects.exists()


def test_an_auditor_reads_and_does_not_record(people, course):
    data = {"person": "sten", "completed": "2026-01-05", "note": "Certificate 7"}
    answer = Desk(people).browser("auditor").post(reverse("admin:form-people", args=[course.pk]), data)
    assert answer.status_code == 403


def test_a_form_is_defined_and_changed_in_the_admin(people):
    client = Desk(people).browser("administrator")
    data = {"slug": "rules", "title": "Rules", "kind": "acknowledgement", "text": "Read first."}
    data |= {"roles": ["steward", "domain-expert"], "validity_days": 365}
    assert client.post(reverse("admin:identity_requiredform_add"), data).status_code == 302
    form = RequiredForm.objects.get()
    address = reverse("admin:identity_requiredform_change", args=[form.pk])
    assert client.post(address, {**data, "text": "Read twice."}).status_code == 302
    form.refresh_from_db()
    assert (form.version, form.roles) == (2, ["domain-expert", "steward"])


@pytest.mark.requirement("21-cfr-11/10-i")
def test_the_desk_says_that_a_form_is_missing(people, factory, rules):
    request = factory.submitted()
    page = Desk(people).text("steward", "desk-request", request.pk)
    assert "The form “Rules” is not signed by you" in page
