"""Forms as their pages show them: what is asked of a reader, and how others stand with one form."""

from collections.abc import Iterable
from dataclasses import dataclass

from audits.identity.actors import Actor
from audits.identity.models import RequiredForm, SignedForm, User
from audits.identity.roles import SIGNERS
from audits.identity.selectors import Standing, forms_for, standings
from prompts.lifecycle.models import ApprovalPolicy

MOST = 200


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person and the newest signature of a form; ``why`` is empty where it holds."""

    person: User
    signed: SignedForm | None
    why: str


def asked_of(actor: Actor) -> list[Standing]:
    """The forms of the actor's roles, and for signers those of policies; the missing ones first."""
    if actor.user is None:
        return []
    named = policy_forms() if actor.has_role(*SIGNERS) else set()
    rows = standings(actor.user, forms_for(actor.roles, named))
    return sorted(rows, key=lambda row: (not row.why, row.form.title))


def policy_forms() -> set[str]:
    """Names of the forms that some approval policy asks for."""
    return {name for forms in ApprovalPolicy.objects.values_list("forms", flat=True) for name in forms}


def people_of(form: RequiredForm) -> list[PersonRow]:
    """Active people of whom the form is asked, and how they stand with it; the missing ones first."""
    roles = set(form.roles) | (SIGNERS if form.slug in policy_forms() else set())
    people = (
        User.objects.filter(is_active=True, groups__name__in=roles).distinct().order_by("full_name")[:MOST]
    )
    signed = _newest(form, people)
    rows = []
    for person in people:
        newest = signed.get(person.pk)
        standing = Standing.of(form, newest)
        rows.append(PersonRow(person, newest, standing.why))
    return sorted(rows, key=lambda row: not row.why)


def _newest(form: RequiredForm, people: Iterable[User]) -> dict[int, SignedForm]:
    keys = [person.pk for person in people]
    rows = SignedForm.objects.filter(form=form, person__in=keys).order_by("signed_at", "pk")
    return {row.person_id: row for row in rows}
