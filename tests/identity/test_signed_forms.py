"""Forms: who defines them, who signs them, trainings that are recorded of somebody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.models import RequiredForm, SignedForm
from audits.identity.selectors import forms_for, standings, why_not_signed
from audits.identity.services.signed_forms import record_training, set_form, sign_form, text_digest
from audits.ledger.models import Event
from audits.ledger.querysets import AppendOnlyQuerySet
from tests.people import SHELL

RULES = {"slug": "rules", "title": "Rules", "kind": "acknowledgement", "text": "Read first.", "roles": []}
COURSE = {"slug": "course", "title": "Course", "kind": "training", "text": "Two days.", "roles": ["steward"]}


def made(actor=SHELL, **changes):
    return set_form(actor=actor, **{**RULES, "validity_days": 30, **changes})


def sign(people, form, who="steward", **changes):
    told = {"seen_digest": text_digest(form), "authenticated_by": "password", **changes}
    return sign_form(actor=people.actor(who), form_id=form.pk, **told)


def train(people, form, who="steward", by="administrator", **changes):
    told = {"completed_at": timezone.now() - timedelta(days=1), "note": "Certificate 7", **changes}
    return record_training(actor=people.actor(by), form_id=form.pk, person=getattr(people, who), **told)


@pytest.mark.parametrize("who", ["steward", "ethics_officer", "engineer", "auditor", "service"])
def test_only_administrators_define_forms(people, who):
    with pytest.raises(Refused):
        made(people.actor(who))


@pytest.mark.requirement("21-cfr-11/10-j")
def test_other_words_are_a_new_version_and_other_roles_are_not(people):
    made()
    assert made(roles=["steward"]).version == 1
    changed = made(text="Read twice.", roles=["steward"])
    assert (changed.version, changed.history.count()) == (2, 3)
    assert Event.objects.filter(event="identity.form.set", subject="rules").count() == 3


def test_saving_the_same_again_is_no_change(people):
    made()
    assert made().history.count() == 1


def test_a_form_keeps_its_kind(people):
    made()
    with pytest.raises(Conflict):
        made(kind="training")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "no spaces"}, "slug"),
        ({"slug": "x" * 61}, "slug"),
        ({"title": " "}, "title"),
        ({"text": "\0"}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"kind": "song"}, "kind"),
        ({"roles": ["king"]}, "roles"),
        ({"validity_days": 0}, "validity_days"),
    ],
)
def test_a_form_that_cannot_be_is_refused_at_its_field(people, wrong, field):
    with pytest.raises(Unacceptable) as told:
        made(**wrong)
    assert told.value.field == field


def test_what_is_signed_keeps_name_text_and_end(people):
    row = sign(people, made())
    assert (row.printed_name, row.form_version, row.recorded_by) == ("Sten", 1, "sten")
    assert row.expires_at - row.signed_at == timedelta(days=30)
    assert Event.objects.get(event="identity.form.signed").subject == "sten"


def test_a_text_that_changed_since_it_was_shown_is_not_signed(people):
    form = made()
    made(text="Read twice.")
    with pytest.raises(Conflict, match="Read it again"):
        sign(people, form)


def test_nobody_signs_without_a_fresh_proof_or_for_a_machine(people):
    form = made()
    with pytest.raises(Refused, match="Prove"):
        sign(people, form, authenticated_by="")
    for actor in (SHELL, people.actor("service"), Actor.system("scheduler")):
        with pytest.raises(Refused, match="Only a person"):
            sign_form(
                actor=actor, form_id=form.pk, seen_digest=text_digest(form), authenticated_by="password"
            )


def test_a_form_that_is_not_there_is_not_signed(people):
    with pytest.raises(NotThere):
        sign_form(actor=people.actor("steward"), form_id=9, seen_digest="", authenticated_by="password")


def test_a_training_is_recorded_by_an_administrator_and_not_signed(people):
    course = set_form(actor=SHELL, **COURSE, validity_days=30)
    assert why_not_signed(people.steward, "steward") == (
        "The form “Course” is not recorded of you: an administrator records it."
    )
    with pytest.raises(Refused):
        sign(people, course)
    assert train(people, course).recorded_by == "admin"
    assert why_not_signed(people.steward, "steward") == ""
    assert Event.objects.get(event="identity.training.recorded").reason == "Certificate 7"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"by": "steward"}, Refused),
        ({"by": "auditor"}, Refused),
        ({"who": "administrator"}, Refused),
        ({"who": "leaver"}, Unacceptable),
        ({"note": " "}, Unacceptable),
        ({"note": "x" * 501}, Unacceptable),
        ({"completed_at": timezone.now() + timedelta(days=1000)}, Unacceptable),
    ],
)
def test_a_training_that_cannot_be_is_not_recorded(people, changes, error):
    course = set_form(actor=SHELL, **COURSE, validity_days=30)
    with pytest.raises(error):
        train(people, course, **changes)
    assert not SignedForm.objects.exists()


def test_an_acknowledgement_is_nothing_to_record(people):
    with pytest.raises(Refused):
        train(people, made())


@pytest.mark.requirement("21-cfr-11/10-i", "eu-ai-act/26-2")
def test_an_old_training_has_run_out_from_the_day_on_which_it_was_over(people):
    course = set_form(actor=SHELL, **COURSE, validity_days=30)
    train(people, course, completed_at=timezone.now() - timedelta(days=31))
    assert "held until" in why_not_signed(people.steward, "steward")


def test_the_newest_signature_speaks(people):
    form = made()
    sign(people, form)
    newest = sign(people, form)
    assert standings(people.steward, [form])[0].signed == newest


def test_roles_and_names_ask_for_forms(people):
    made(roles=["steward"])
    set_form(actor=SHELL, **{**COURSE, "roles": []}, validity_days=30)
    assert [row.slug for row in forms_for(["steward"])] == ["rules"]
    assert [row.slug for row in forms_for([], ["course"])] == ["course"]
    assert forms_for(["engineer"]) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE identity_signedform SET note = 'x'", "DELETE FROM identity_signedform"]
)
def test_the_database_refuses_to_change_a_signed_form(people, statement):
    sign(people, made())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_querysets_refuse_as_well(people):
    sign(people, made())
    with pytest.raises(AppendOnlyQuerySet.Refused):
        SignedForm.objects.all().delete()
    assert RequiredForm.objects.count() == 1
