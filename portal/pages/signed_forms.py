"""Forms: those that are asked of the reader, signing one, and how others stand with it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.debug import sensitive_post_parameters

from audits.identity.errors import GovernedError, NotThere, Unacceptable
from audits.identity.models import RequiredForm, SignedForm, User
from audits.identity.roles import ADMINISTRATOR, AUDITOR
from audits.identity.selectors import standings
from audits.identity.services.second_factor import has_factor
from audits.identity.services.signed_forms import record_training, text_digest
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of
from portal.selectors.form_rows import asked_of, people_of
from portal.services.sign_form import sign_form

TITLE = "Forms to sign"
SHOWN = 20


def forms(request: HttpRequest) -> HttpResponse:
    """What is asked of the reader, and what else there is to read."""
    actor = actor_of(request)
    asked = asked_of(actor)
    keys = [row.form.pk for row in asked]
    context = {
        "asked": asked,
        "missing": sum(bool(row.why) for row in asked),
        "others": RequiredForm.objects.exclude(pk__in=keys),
        "may_configure": actor.has_role(ADMINISTRATOR),
        "may_read_people": actor.has_role(ADMINISTRATOR, AUDITOR),
    }
    return render_page(request, "portal/forms.html", context, title=TITLE, crumbs=[(TITLE, None)])


@sensitive_post_parameters("password", "code")
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """One form: its text, how the reader stands with it, signing it."""
    actor, row, fault = actor_of(request), _form(pk), None
    if request.method == "POST":
        try:
            signed = sign_form(
                actor=actor,
                form_id=pk,
                seen_digest=str(request.POST.get("seen_digest", "")),
                password=str(request.POST.get("password", "")),
                code=str(request.POST.get("code", ""))[:40],
            )
        except GovernedError as error:
            if error.status in {403, 404} and error.field not in {"password", "code"}:
                raise
            fault = error
        else:
            messages.success(request, f"You signed “{row.title}” until {signed.expires_at:%Y-%m-%d}.")
            return redirect("admin:forms")
    context = {
        "form": row,
        "digest": text_digest(row),
        "standing": standings(actor.user, [row])[0],  # type: ignore[arg-type]
        "mine": SignedForm.objects.filter(form=row, person=actor.user).order_by("-signed_at")[:SHOWN],
        "asks_code": has_factor(actor),
        "may_read_people": actor.has_role(ADMINISTRATOR, AUDITOR),
        "fault": fault,
    }
    crumbs = [(TITLE, reverse("admin:forms")), (row.title, None)]
    status = fault.status if fault else 200
    return render_page(request, "portal/form.html", context, title=row.title, crumbs=crumbs, status=status)


def form_people(request: HttpRequest, pk: int) -> HttpResponse:
    """Of whom it is asked and how they stand; an administrator records trainings."""
    actor, row = actor_of(request), _form(pk)
    if request.method == "POST":
        typed = str(request.POST.get("person", "")).strip()[:150].replace("\0", "")
        person = User.objects.filter(username__iexact=typed).first()
        if person is None:
            raise Unacceptable(f"There is no person {typed!r}.", field="person")
        signed = record_training(
            actor=actor,
            form_id=pk,
            person=person,
            completed_at=_moment(str(request.POST.get("completed", ""))),
            note=str(request.POST.get("note", "")),
        )
        messages.success(request, f"Recorded: {person} until {signed.expires_at:%Y-%m-%d}.")
        return redirect("admin:form-people", pk=pk)
    rows = people_of(row)
    context = {
        "form": row,
        "rows": rows,
        "missing": sum(bool(one.why) for one in rows),
        "records": row.kind == RequiredForm.Kind.TRAINING and actor.has_role(ADMINISTRATOR),
        "may_configure": actor.has_role(ADMINISTRATOR),
        "today": timezone.localdate(),
        "people": User.objects.filter(is_active=True).order_by("full_name")[:200],
    }
    crumbs = [
        (TITLE, reverse("admin:forms")),
        (row.title, reverse("admin:form", args=[pk])),
        ("People", None),
    ]
    return render_page(
        request, "portal/form_people.html", context, title=f"{row.title}: people", crumbs=crumbs
    )


def _moment(text: str) -> datetime:
    """The day on which a training was over: its beginning, in UTC."""
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        raise Unacceptable("Write the day as year-month-day.", field="completed")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _form(pk: int) -> RequiredForm:
    row = RequiredForm.objects.filter(pk=pk).first()
    if row is None:
        raise NotThere("There is no such form.")
    return row


PAGES = [
    Page("forms/", forms, "forms"),
    Page("forms/<int:pk>/", form, "form"),
    Page("forms/<int:pk>/people/", form_people, "form-people", (ADMINISTRATOR, AUDITOR)),
]
