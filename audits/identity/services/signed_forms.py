"""Forms: what they say, who signs them, and trainings that are recorded of somebody."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.events import FORM_SET, FORM_SIGNED, TRAINING_RECORDED
from audits.identity.models import RequiredForm, SignedForm, User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import ROLES
from audits.identity.services.step_up import METHODS
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record

LONGEST_TEXT = 20_000
LONGEST_DAYS = 3650


@verb
def set_form(
    *,
    actor: Actor,
    slug: str,
    title: str,
    kind: str,
    text: str,
    roles: Iterable[str],
    validity_days: int,
) -> RequiredForm:
    """Creates the form of that name or changes it; other words are a new version, to be signed anew.

    Raises ``Unacceptable`` with the field, and ``Conflict`` where the kind of an old form would change.
    """
    ConfigurationPolicy(actor).require("configure")
    values = _checked(slug, title, kind, text, roles, validity_days)
    form = RequiredForm.objects.select_for_update().filter(slug=slug).first()
    if form is None:
        form = RequiredForm(slug=slug, **values)
    elif form.kind != kind:
        raise Conflict("A form keeps its kind; make another one.", field="kind")
    elif all(getattr(form, name) == value for name, value in values.items()):
        return form
    else:
        form.version += (form.title, form.text) != (values["title"], values["text"])
        for name, value in values.items():
            setattr(form, name, value)
    form.save()
    payload = {
        "version": form.version,
        "title": form.title,
        "kind": form.kind,
        "roles": form.roles,
        "validity_days": form.validity_days,
        "text_digest": text_digest(form),
    }
    record(event=FORM_SET, actor=actor, subject_type="form", subject=slug, payload=payload)
    return form


@verb
def sign_form(*, actor: Actor, form_id: int, seen_digest: str, authenticated_by: str) -> SignedForm:
    """The acting person acknowledges the text shown; ``authenticated_by`` says how he just proved it.

    Raises ``NotThere``, ``Refused`` for whoever is no person and for trainings, ``Conflict`` for a text that
    is another by now.
    """
    form = _locked(form_id)
    if actor.kind != "person" or actor.user is None or not actor.is_active:
        raise Refused("Only a person signs, by name and in person.")
    if authenticated_by not in METHODS:
        raise Refused("Prove again who you are, then sign.", field="password")
    if form.kind != RequiredForm.Kind.ACKNOWLEDGEMENT:
        raise Refused("A training is recorded by an administrator.")
    if seen_digest != text_digest(form):
        raise Conflict("The form is not the one that was shown to you. Read it again before you sign.")
    signed = _write(form, actor.user, timezone.now(), actor.name, authenticated_by, "")
    _tell(FORM_SIGNED, actor, signed)
    return signed


@verb
def record_training(
    *, actor: Actor, form_id: int, person: User, completed_at: datetime, note: str
) -> SignedForm:
    """Records that somebody was trained, and what proves it; it holds from that moment on.

    Raises ``Refused`` for one's own training, ``Unacceptable`` without proof or for a moment ahead.
    """
    ConfigurationPolicy(actor).require("configure")
    form = _locked(form_id)
    if form.kind != RequiredForm.Kind.TRAINING:
        raise Refused("This form is signed by the person.")
    if actor.user is not None and actor.user.pk == person.pk:
        raise Refused("Nobody records his own training.")
    if not person.is_let_in:
        raise Unacceptable(f"{person} is not active.", field="person")
    if completed_at > timezone.now():
        raise Unacceptable("A training is recorded once it is over.", field="completed")
    if not note.strip() or "\0" in note or len(note) > 500:
        raise Unacceptable(
            "Say in at most 500 characters what proves it, such as a certificate.", field="note"
        )
    signed = _write(form, person, completed_at, actor.name, "", note.strip())
    _tell(TRAINING_RECORDED, actor, signed)
    return signed


def text_digest(form: RequiredForm) -> str:
    """SHA-256 of title and text, as they are signed."""
    return hashlib.sha256(f"{form.title}\n\n{form.text}".encode()).hexdigest()


def _locked(form_id: int) -> RequiredForm:
    form = RequiredForm.objects.select_for_update().filter(pk=form_id).first()
    if form is None:
        raise NotThere("There is no such form.")
    return form


def _write(
    form: RequiredForm, person: User, at: datetime, by: str, authenticated_by: str, note: str
) -> SignedForm:
    return SignedForm.objects.create(
        form=form,
        form_version=form.version,
        person=person,
        username=person.username,
        printed_name=person.get_full_name(),
        text_digest=text_digest(form),
        signed_at=at,
        expires_at=at + timedelta(days=form.validity_days),
        authenticated_by=authenticated_by,
        recorded_by=by,
        note=note,
    )


def _tell(event: EventKind, actor: Actor, signed: SignedForm) -> None:
    record(
        event=event,
        actor=actor,
        subject_type="user",
        subject=signed.username,
        reason=signed.note,
        payload={"signed_form": signed.pk, **told_of(signed)},
    )


def told_of(signed: SignedForm) -> dict[str, object]:
    """What the ledger keeps of a signed form; verification compares the row with it."""
    return {
        "form": signed.form.slug,
        "version": signed.form_version,
        "printed_name": signed.printed_name,
        "text_digest": signed.text_digest,
        "signed_at": signed.signed_at.isoformat(),
        "expires_at": signed.expires_at.isoformat(),
        "authenticated_by": signed.authenticated_by,
        "recorded_by": signed.recorded_by,
    }


def _checked(
    slug: str, title: str, kind: str, text: str, roles: Iterable[str], validity_days: int
) -> dict[str, object]:
    asked = sorted(set(roles))
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise Unacceptable("A name of letters, digits and hyphens.", field="slug") from error
    if len(slug) > 60:
        raise Unacceptable("A name has at most 60 characters.", field="slug")
    if not title.strip() or len(title) > 120 or "\0" in title:
        raise Unacceptable("A form has a title of at most 120 characters.", field="title")
    if not text.strip() or len(text) > LONGEST_TEXT or "\0" in text:
        raise Unacceptable(f"A form has a text of at most {LONGEST_TEXT} characters.", field="text")
    if kind not in RequiredForm.Kind.values:
        raise Unacceptable("Choose the kind of the form.", field="kind")
    if unknown := [role for role in asked if role not in ROLES]:
        raise Unacceptable(f"There is no role {unknown[0]!r}.", field="roles")
    if not 1 <= validity_days <= LONGEST_DAYS:
        raise Unacceptable(f"A form holds for 1 to {LONGEST_DAYS} days.", field="validity_days")
    return {
        "title": title.strip(),
        "kind": kind,
        "text": text.replace("\r\n", "\n").strip(),
        "roles": asked,
        "validity_days": validity_days,
    }
