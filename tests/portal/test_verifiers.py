"""A frozen text or a signature that was changed behind the portal's back is found and named."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audits.identity.models import SignedForm
from audits.identity.services.signed_forms import set_form, sign_form, text_digest
from audits.ledger.services import integrate
from audits.ledger.verification import verify
from portal.services.sign_documentation import sign_documentation
from portal.verifiers import comments
from prompts.lifecycle.models import Delegation, DocumentationSignature, SignOff
from prompts.lifecycle.services.delegate import delegate, revoke_delegation
from prompts.registry.documentation import documentation_digest
from prompts.registry.models import Comment, Version
from prompts.registry.selectors import documentation_of, label_of
from prompts.registry.services.comments import write_comment
from tests.documented import WHOLE
from tests.factories import Factory
from tests.ledger.helpers import behind_the_back
from tests.people import PASSWORD, SHELL, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(factory: Factory) -> Version:
    """A signed version whose entries are in the tree."""
    found = factory.approved()
    integrate()
    return found


def first_bad() -> tuple[str, str]:
    bad = verify().first_bad
    assert bad is not None
    assert bad.position is not None
    return bad.kind, bad.subject


def test_untouched_texts_and_signatures_are_sound(version: Version) -> None:
    assert verify().first_bad is None


@pytest.mark.parametrize(
    "change",
    [
        "canonical = canonical || ' '",
        "digest = '{zeros}'",
        "messages = '[]'",
        "model_settings = '{{\"temperature\": 0.9}}'",
        "format = 'jinja2'",
        "frozen_at = NULL, digest = ''",
    ],
)
def test_a_changed_frozen_text_is_named(version: Version, change: str) -> None:
    behind_the_back(f"UPDATE registry_version SET {change.format(zeros='0' * 64)} WHERE id = %s", version.pk)  # noqa: S608
    assert first_bad() == ("version", label_of(version))


def test_a_version_frozen_past_the_portal_is_named(version: Version, factory: Factory) -> None:
    draft = factory.next_draft(version.prompt, text="Slipped in")
    integrate()
    behind_the_back(
        "UPDATE registry_version SET frozen_at = created_at, canonical = '{}', digest = %s WHERE id = %s",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        draft.pk,
    )
    bad = verify().first_bad
    assert (bad.kind, bad.subject, bad.reason) == (
        "version",
        label_of(draft),
        "no entry tells that it was frozen",
    )


@pytest.mark.parametrize(
    "column", ["role", "meaning", "printed_name", "comment", "username", "evidence_digest"]
)
@pytest.mark.requirement("21-cfr-11/70")
def test_a_changed_signature_is_named(version: Version, column: str) -> None:
    row = SignOff.objects.order_by("pk")[0]
    behind_the_back(f"UPDATE lifecycle_signoff SET {column} = 'forged' WHERE id = %s", row.pk)  # noqa: S608
    assert first_bad()[0] == "sign-off"


@pytest.mark.parametrize("change", ["evidence = '{}'", "signed_at = '2001-01-01 00:00:00'"])
def test_changed_evidence_or_time_is_named(version: Version, change: str) -> None:
    behind_the_back(f"UPDATE lifecycle_signoff SET {change}")  # noqa: S608
    assert first_bad()[0] == "sign-off"


def test_a_removed_signature_is_named(version: Version) -> None:
    behind_the_back("DELETE FROM lifecycle_signoff")
    assert first_bad()[0] == "sign-off"


@pytest.mark.requirement("21-cfr-11/70")
def test_a_signature_moved_to_another_request_is_named(version: Version, factory: Factory) -> None:
    other = factory.approved()
    integrate()
    behind_the_back(
        "UPDATE lifecycle_signoff SET request_id = %s, version_id = %s WHERE version_id = %s",
        factory.submitted(version).pk,
        version.pk,
        other.pk,
    )
    bad = verify().first_bad
    assert (bad.kind, bad.reason) == ("sign-off", "no entry tells of this signature")


def test_a_signature_hung_under_another_request_of_its_text_is_named(version, factory) -> None:
    again = factory.submitted(version)
    integrate()
    behind_the_back("UPDATE lifecycle_signoff SET request_id = %s", again.pk)
    assert first_bad() == ("sign-off", f"sten on {label_of(version)}")


@pytest.mark.parametrize("change", ["reading_seconds = 600", "on_behalf_of_id = signer_id"])
def test_a_signature_with_another_time_or_principal_is_named(version: Version, change: str) -> None:
    behind_the_back(f"UPDATE lifecycle_signoff SET {change}")  # noqa: S608
    assert first_bad()[0] == "sign-off"


def test_a_signature_with_evidence_of_the_first_schema_stays_sound(version: Version) -> None:
    from prompts.lifecycle.evidence import digest_of

    old = {"schema": 1, "runs": [], "documentation": {}, "policy_version": "x@1", "compared_with": None}
    assert digest_of(old) == "831eb616d12795bf36150eb299cfee9c2707f88c4b76f387954f9560066fc224"


@pytest.fixture
def lent(people) -> Delegation:
    """A delegation whose entry is in the tree."""
    row = delegate(
        actor=people.actor("ethics_officer"),
        to="dora",
        role="ethics-officer",
        reason="Away.",
        ends_at=timezone.now() + timedelta(days=3),
        authenticated_by="password",
    )
    integrate()
    assert verify().first_bad is None
    return row


@pytest.mark.parametrize("change", ["role = 'steward'", "ends_at = '2099-01-01 00:00:00'", "reason = 'x'"])
def test_a_changed_delegation_is_named(lent: Delegation, change: str) -> None:
    behind_the_back(f"UPDATE lifecycle_delegation SET {change}")  # noqa: S608
    assert first_bad()[0] == "delegation"


def test_a_revocation_that_vanished_is_named(lent: Delegation, people) -> None:
    revoke_delegation(actor=people.actor("expert"), delegation_id=lent.pk)
    integrate()
    assert verify().first_bad is None
    behind_the_back("DELETE FROM lifecycle_revocation")
    assert first_bad()[0] == "delegation"


def test_a_delegation_that_vanished_is_named(lent: Delegation) -> None:
    behind_the_back("DELETE FROM lifecycle_delegation")
    assert first_bad()[0] == "delegation"


@pytest.fixture
def documented(people, factory: Factory) -> DocumentationSignature:
    """A signature under the documentation of a version, in the tree."""
    version = factory.submitted(owner=people.steward, **WHOLE).version
    signed = sign_documentation(
        actor=people.actor("documentarian"),
        version_id=version.pk,
        comment="Clear.",
        seen_text_digest=version.digest,
        seen_documentation_digest=documentation_digest(documentation_of(version.prompt)),
        password=PASSWORD,
    )
    integrate()
    assert verify().first_bad is None
    return signed


DOCUMENTED = ("role", "meaning", "printed_name", "comment", "username", "standard", "documentation_digest")


@pytest.mark.parametrize("column", [*DOCUMENTED, "text_digest", "documentation"])
def test_a_changed_signature_under_documentation_is_named(documented, column: str) -> None:
    forged = "'{}'" if column == "documentation" else "'forged'"
    behind_the_back(f"UPDATE lifecycle_documentationsignature SET {column} = {forged}")  # noqa: S608
    assert first_bad()[0] == "documentation"


def test_a_removed_signature_under_documentation_is_named(documented) -> None:
    behind_the_back("DELETE FROM lifecycle_documentationsignature")
    assert first_bad()[0] == "documentation"


@pytest.mark.parametrize(
    "change",
    ["seats = '[]'", "validity_days = 3000", "waiting_hours = 7", "authentication = 'sso'", "version = 9"],
)
def test_a_policy_that_was_lowered_behind_the_portals_back_is_named(version: Version, change: str) -> None:
    behind_the_back(
        f"UPDATE lifecycle_approvalpolicy SET {change} WHERE name = %s",  # noqa: S608
        "limited risk",
    )
    assert first_bad() == ("policy", "limited risk")


@pytest.mark.parametrize("column", ["zone", "role_by", "ties", "forms", "role_since"])
def test_what_else_a_signature_tells_is_compared(version: Version, column: str) -> None:
    value = {"ties": '["owner"]', "forms": '[{"form": "x"}]', "role_since": "2020-01-01 00:00:00+00:00"}
    signed = SignOff.objects.get()
    behind_the_back(
        f"UPDATE lifecycle_signoff SET {column} = %s WHERE id = %s",  # noqa: S608
        value.get(column, "another"),
        signed.pk,
    )
    assert first_bad() == ("sign-off", f"sten on {label_of(version)}")


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = '2099-01-01 00:00:00+00:00'",
        "form_version = 7",
        "username = 'etta'",
        "note = 'x'",
        "recorded_by = 'ada'",
    ],
)
def test_a_signed_form_that_was_changed_is_named(version: Version, people: People, change: str) -> None:
    row = signed_form(people)
    integrate()
    behind_the_back(f"UPDATE identity_signedform SET {change} WHERE id = %s", row.pk)  # noqa: S608
    assert first_bad()[0] == "form"


def test_a_signed_form_that_vanished_is_named(version: Version, people: People) -> None:
    row = signed_form(people)
    integrate()
    assert verify().first_bad is None
    behind_the_back("DELETE FROM identity_signedform WHERE id = %s", row.pk)
    assert first_bad() == ("form", "a form of sten")


def signed_form(people: People) -> SignedForm:
    """Rules that the steward signed."""
    form = set_form(
        actor=SHELL,
        slug="rules",
        title="Rules",
        kind="acknowledgement",
        text="Read first.",
        roles=["steward"],
        validity_days=365,
    )
    return sign_form(
        actor=people.actor("steward"),
        form_id=form.pk,
        seen_digest=text_digest(form),
        authenticated_by="password",
    )


@pytest.fixture
def remark(people, factory: Factory) -> Comment:
    """A comment on a line, answered, with both entries in the tree."""
    prompt = factory.draft("bank/letter", text="Dear {{name}}").prompt
    place = {"version": 1, "message": 1, "line": 1}
    row = write_comment(actor=people.actor("expert"), prompt_id=prompt.pk, text="Why dear?", **place)
    write_comment(actor=people.actor("author"), prompt_id=prompt.pk, text="So.", parent_id=row.pk)
    integrate()
    return row


def test_untouched_comments_are_sound(remark: Comment) -> None:
    assert verify().first_bad is None


@pytest.mark.parametrize("change", ["text = 'All good.'", "line = 2", "author_id = author_id + 1"])
def test_a_changed_comment_is_named(remark: Comment, change: str) -> None:
    behind_the_back(f"UPDATE registry_comment SET {change} WHERE id = %s", remark.pk)  # noqa: S608
    assert first_bad() == ("comment", f"comment {remark.pk} on bank/letter")


@pytest.mark.requirement("iso-42001/a-3-3")
def test_a_comment_that_vanished_or_has_no_entry_is_named(remark: Comment, people) -> None:
    behind_the_back("DELETE FROM registry_comment WHERE parent_id = %s", remark.pk)
    assert first_bad()[0] == "comment"
    Comment.objects.create(
        pk=remark.pk + 1, prompt=remark.prompt, author=people.author, text="So.", written_at=remark.written_at
    )
    Comment.objects.create(
        pk=remark.pk + 9,
        prompt=remark.prompt,
        author=people.author,
        text="Slipped in",
        written_at=remark.written_at,
    )
    faults = {fault.subject: fault.reason for fault in comments()}
    assert faults[f"comment {remark.pk + 9} on bank/letter"] == "no entry tells of this comment"
