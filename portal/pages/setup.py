"""The first page of an empty portal: makes the first administrator, with the token from the terminal."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR
from audits.identity.services.make_roles import make_roles
from audits.identity.services.people import create_user
from audits.identity.services.step_up import PASSWORD
from portal.forms import FirstAdministratorForm
from portal.pages.sign_in import open_for
from portal.runtime.setup_token import consume


def nobody_yet() -> bool:
    """Whether the portal has no people: only then may the first administrator be made here."""
    return not User.objects.exists()


@never_cache
@csrf_protect
@sensitive_post_parameters("token", "password", "again")
def setup(request: HttpRequest) -> HttpResponse:
    """Shows and takes the form; 404 as soon as there is anybody."""
    if not nobody_yet():
        raise Http404
    form = FirstAdministratorForm(request.POST or None, initial={"token": request.GET.get("token", "")})
    if request.method == "POST" and form.is_valid():
        try:
            user = _make(form.cleaned_data)
        except GovernedError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            open_for(request, user, PASSWORD)
            return redirect("admin:index")
    return render(request, "portal/setup.html", {"form": form, "title": "Set up"})


def _make(data: dict[str, str]) -> User:
    """Uses the token up before anything is written, so that of two callers one gets in."""
    if not consume():
        raise GovernedError("The token was used a moment ago.", field="token")
    actor = Actor.system("first set-up")
    make_roles(actor=actor)
    return create_user(
        actor=actor,
        username=data["username"],
        full_name=data["full_name"],
        email=data["email"],
        password=data["password"],
        roles=[ADMINISTRATOR],
    )
