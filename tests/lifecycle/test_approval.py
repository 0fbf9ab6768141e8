"""Whether a version is approved: computed from signatures and policies at the moment of asking."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audits.ledger.querysets import AppendOnlyQuerySet
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.selectors import approval_of, approvals_of
from prompts.lifecycle.services.requests import reject, submit_version
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.models import Version
from prompts.registry.services.prompts import edit_prompt
from tests.fixtures.append_only import triggers_off
from tests.people import SHELL


@pytest.fixture
def signed(factory, desk):
    """A version of limited risk that the steward signed."""
    request = factory.submitted()
    desk.sign(request, "steward", "steward")
    return Version.objects.select_related("prompt").get(pk=request.version_id)


def overwrite(**columns):
    """Changes the only signature behind everybody's back."""
    (name, value), *_ = columns.items()
    with triggers_off(connection), connection.cursor() as cursor:
        cursor.execute(f"UPDATE lifecycle_signoff SET {name} = %s", [value])  # noqa: S608


@pytest.mark.requirement("nist-ai-rmf/govern-1-5", "sr-26-2/monitoring")
def test_it_holds_until_it_expires(signed):
    end = approval_of(signed).expires_at
    assert end - SignOff.objects.get().signed_at == timedelta(days=365)
    assert approval_of(signed, at=end - timedelta(seconds=1))
    assert approval_of(signed, at=end) is None


def test_a_flag_alone_approves_nothing(factory):
    request = factory.submitted()
    ApprovalRequest.objects.filter(pk=request.pk).update(state="approved", closed_at=timezone.now())
    assert approval_of(request.version) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text_digest", "0" * 64),
        ("evidence_digest", "0" * 64),
        ("evidence", '{"runs": []}'),
        ("username", "ada"),
    ],
)
def test_a_signature_that_was_tampered_with_counts_no_more(signed, column, value):
    overwrite(**{column: value})
    assert approval_of(signed) is None


@pytest.mark.requirement("eu-ai-act/9")
def test_a_prompt_that_became_riskier_needs_the_signatures_of_its_new_tier(people, signed):
    changes = {"risk_tier": "high"}
    edit_prompt(actor=people.actor("steward"), prompt_id=signed.prompt_id, changes=changes)
    assert approval_of(Version.objects.get(pk=signed.pk)) is None


def test_a_stricter_policy_holds_at_once_and_a_laxer_one_only_for_later_requests(factory, desk):
    two, one = [{"role": "steward", "count": 2}], [{"role": "steward", "count": 1}]
    rule = {"actor": SHELL, "name": "limited risk", "risk_tier": "limited", "validity_days": 365}
    set_policy(**rule, seats=two)
    request = factory.submitted()
    set_policy(**rule, seats=one)
    desk.sign(request, "steward", "steward")
    assert approval_of(request.version) is None


@pytest.mark.requirement("sr-26-2/validation")
def test_a_later_rejection_speaks_against_an_earlier_approval(people, signed):
    again = submit_version(actor=people.actor("author"), version_id=signed.pk, why="Recertify.")
    assert approval_of(signed)
    reject(actor=people.actor("ethics_officer"), request_id=again.pk, comment="It does harm.")
    assert approval_of(signed) is None


def test_recertification_signs_the_unchanged_text_again(people, signed, desk):
    again = submit_version(actor=people.actor("author"), version_id=signed.pk, why="Recertify.")
    desk.sign(again, "steward", "steward")
    assert approval_of(signed).request == again.pk
    assert again.text_digest == signed.digest


def test_many_versions_cost_no_more_queries_than_one(factory, desk, django_assert_num_queries):
    for _ in range(5):
        desk.sign(factory.submitted(), "steward", "steward")
    versions = list(Version.objects.select_related("prompt"))
    with django_assert_num_queries(4):
        assert len(approvals_of(versions)) == 5


@pytest.mark.parametrize(
    "statement", ["UPDATE lifecycle_signoff SET comment = 'x'", "DELETE FROM lifecycle_signoff"]
)
@pytest.mark.requirement("21-cfr-11/10-c", "eu-ai-act/18", "hipaa/316-b")
def test_the_database_refuses_to_change_a_signature(signed, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_models_and_querysets_refuse_as_well(signed):
    row = SignOff.objects.get()
    for act in (
        row.save,
        row.delete,
        SignOff.objects.all().delete,
        lambda: SignOff.objects.update(comment="x"),
    ):
        with pytest.raises(AppendOnlyQuerySet.Refused):
            act()
