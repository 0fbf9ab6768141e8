"""The documentation specialist signs what is said about a version."""

import pytest
from django.db import DatabaseError, connection, transaction

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused
from audits.ledger.models import Event
from audits.ledger.querysets import AppendOnlyQuerySet
from portal.services.sign_documentation import sign_documentation
from prompts.lifecycle.errors import AlreadySigned, StaleDocumentation, StaleText, Undocumented
from prompts.lifecycle.models import DocumentationSignature
from prompts.lifecycle.selectors import signed_documentation
from prompts.lifecycle.services.sign_documentation import sign_documentation as verb
from prompts.registry.documentation import documentation_digest
from prompts.registry.models import Version
from prompts.registry.selectors import documentation_of
from prompts.registry.services.prompts import edit_prompt
from tests.documented import WHOLE
from tests.people import PASSWORD


@pytest.fixture
def version(people, factory) -> Version:
    """A frozen version whose documentation is complete."""
    return factory.submitted(owner=people.steward, **WHOLE).version


def sign(people, version, who="documentarian", actor=None, password=PASSWORD, **changes):
    told = {
        "comment": "Read twice.",
        "seen_text_digest": version.digest,
        "seen_documentation_digest": documentation_digest(documentation_of(version.prompt)),
    }
    actor = actor or people.actor(who)
    return sign_documentation(actor=actor, version_id=version.pk, password=password, **{**told, **changes})


def rewrite(people, version, text):
    actor = people.actor("documentarian")
    version.prompt = edit_prompt(actor=actor, prompt_id=version.prompt_id, changes={"limits": text})


@pytest.mark.requirement("iso-42001/a-9-4")
def test_a_signature_binds_documentation_and_text(people, version):
    signed = sign(people, version)
    assert (signed.printed_name, signed.role, signed.text_digest, signed.standard) == (
        "Doku",
        "documentation-specialist",
        version.digest,
        "limited@1",
    )
    assert documentation_digest(signed.documentation) == signed.documentation_digest
    event = Event.objects.get(event="lifecycle.documentation.signed")
    assert (event.actor, event.subject, event.reason) == ("doku", f"{version.prompt.name}@1", "Read twice.")


@pytest.mark.parametrize(
    "who", ["steward", "expert", "ethics_officer", "auditor", "administrator", "service"]
)
def test_other_roles_do_not_sign_it(people, version, who):
    with pytest.raises(Refused):
        sign(people, version, who)
    assert not DocumentationSignature.objects.exists()


def test_whoever_wrote_the_text_does_not_sign_its_documentation(people, version):
    people.author.groups.add(*people.documentarian.groups.all())
    with pytest.raises(Refused, match="wrote"):
        sign(people, version, "author")


def test_a_stranger_with_the_role_does_not_learn_of_it(people, version):
    with pytest.raises(NotThere):
        sign(people, version, "stranger")


def test_the_shell_signs_nothing(people, version):
    with pytest.raises(Refused):
        sign(people, version, actor=Actor.shell())


def test_a_wrong_password_signs_nothing_and_is_recorded(people, version):
    with pytest.raises(Refused, match="password"):
        sign(people, version, password="guessed")
    assert not DocumentationSignature.objects.exists()
    assert Event.objects.get(event="lifecycle.signature.refused").actor == "doku"


def test_the_verb_itself_wants_proof_of_the_person(people, version):
    with pytest.raises(Refused, match="Prove"):
        verb(
            actor=people.actor("documentarian"),
            version_id=version.pk,
            seen_text_digest=version.digest,
            seen_documentation_digest=documentation_digest(documentation_of(version.prompt)),
            authenticated_by="",
        )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"seen_text_digest": "0" * 64}, StaleText),
        ({"seen_documentation_digest": "0" * 64}, StaleDocumentation),
        ({"seen_documentation_digest": ""}, StaleDocumentation),
    ],
)
def test_what_was_not_shown_is_not_signed(people, version, changes, error):
    with pytest.raises(error):
        sign(people, version, **changes)


def test_documentation_below_its_standard_is_not_signed(people, factory):
    with pytest.raises(Undocumented, match="owner"):
        sign(people, factory.submitted(**WHOLE).version)


def test_a_draft_has_nothing_to_bind_to(people, factory):
    with pytest.raises(Refused, match="draft"):
        sign(people, factory.draft(owner=people.steward, **WHOLE))


def test_nobody_signs_the_same_twice(people, version):
    sign(people, version)
    with pytest.raises(AlreadySigned):
        sign(people, version)


def test_a_change_afterwards_is_seen_and_taking_it_back_too(people, version):
    assert signed_documentation(version) is None
    signed = sign(people, version)
    rewrite(people, version, "Now it has other limits.")
    assert signed_documentation(version).changed
    rewrite(people, version, WHOLE["limits"])
    found = signed_documentation(version)
    assert (found.signature, found.changed) == (signed, False)


def test_signatures_are_only_ever_added(people, version):
    signed = sign(people, version)
    with pytest.raises(AppendOnlyQuerySet.Refused):
        signed.save()
    with pytest.raises(AppendOnlyQuerySet.Refused):
        DocumentationSignature.objects.all().delete()


@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET comment = 'forged'"])
def test_the_database_keeps_signatures_as_they_are(people, version, act):
    sign(people, version)
    statement = act.format("lifecycle_documentationsignature")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
