"""Which forms somebody must have signed before he signs in a role, and how he stands with each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from audits.identity.models import RequiredForm, SignedForm, User


@dataclass(frozen=True, slots=True)
class Standing:
    """One form as it stands with a person; ``why`` says what is wrong, empty where it holds.

    ``signed`` is the newest signature under any version of it, or None.
    """

    form: RequiredForm
    signed: SignedForm | None
    why: str

    @classmethod
    def of(cls, form: RequiredForm, signed: SignedForm | None, at: datetime | None = None) -> "Standing":
        """From the newest signature under any version of the form."""
        return cls(form, signed, _why_not(form, signed, at or timezone.now()))

    @property
    def reference(self) -> dict[str, object]:
        """As a signature that relies on it keeps it."""
        signed = self.signed.pk if self.signed else None
        return {"form": self.form.slug, "version": self.form.version, "signed": signed}


def forms_for(roles: Iterable[str], names: Iterable[str] = ()) -> list[RequiredForm]:
    """The forms that one of these roles asks for, and those of these names."""
    held, wanted = set(roles), set(names)
    rows = RequiredForm.objects.all()
    return [row for row in rows if row.slug in wanted or not held.isdisjoint(row.roles)]


def standings(user: User, forms: Iterable[RequiredForm], at: datetime | None = None) -> list[Standing]:
    """How the person stands with each of these forms: one query."""
    rows, now = list(forms), at or timezone.now()
    signed = SignedForm.objects.filter(person=user, form__in=rows).order_by("signed_at", "pk") if rows else ()
    newest = {row.form_id: row for row in signed}
    return [Standing.of(row, newest.get(row.pk), now) for row in rows]


def why_not_signed(user: User, role: str, names: Iterable[str] = ()) -> str:
    """Why the person cannot sign in this role yet: the forms that are missing or have run out, in words."""
    wrong = [row.why for row in standings(user, forms_for([role], names)) if row.why]
    return " ".join(wrong)


def _why_not(form: RequiredForm, signed: SignedForm | None, now: datetime) -> str:
    training = form.kind == RequiredForm.Kind.TRAINING
    way = "an administrator records it" if training else "sign it on your page of forms"
    if signed is None:
        told = "is not recorded of you" if training else "is not signed by you"
        return f"The form “{form.title}” {told}: {way}."
    if signed.form_version != form.version:
        return f"The form “{form.title}” was changed after you signed it: {way} anew."
    if signed.expires_at <= now:
        return f"The form “{form.title}” held until {signed.expires_at:%Y-%m-%d}: {way} anew."
    return ""
