"""Sign a form in person: the password once more."""

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from audits.identity.models import RequiredForm, SignedForm
from audits.identity.services import signed_forms
from portal.services.authenticate import Proof, authenticate_for, thing


def sign_form(*, actor: Actor, form_id: int, seen_digest: str, password: str, code: str = "") -> SignedForm:
    """Checks who signs, then signs; a wrong password is recorded, as for every signature."""
    form = RequiredForm.objects.filter(pk=form_id).first()
    if form is None:
        raise NotThere("There is no such form.")
    proof = authenticate_for(
        actor,
        ("form", form.slug),
        Proof(password, code),
        {"form": form.slug},
        what=thing("form", form=form_id, seen_digest=seen_digest),
    )
    return signed_forms.sign_form(
        actor=actor, form_id=form_id, seen_digest=seen_digest, authenticated_by=proof.method
    )
