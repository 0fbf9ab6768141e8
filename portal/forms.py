"""Forms for getting in: sign-in, and the first administrator."""

from ipaddress import ip_address
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from audits.identity.models import User
from audits.identity.services.step_up import has_own_password
from portal.runtime.setup_token import check


def from_this_machine(address: str) -> bool:
    """Whether a request's address is the loopback."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What proxies add: behind one, everybody seems to sit at this machine."""
LONGEST_NAME = 150
"""As long as the column of user names."""


class SignInForm(AdminAuthenticationForm):
    """Name and password; demo log-ins, whose passwords lie in a file, only work on this machine."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "This user name and this password do not fit together. Mind capital letters.",
    }

    def clean_username(self) -> str:
        """A name longer than any user's is refused here, before attempts are counted under it."""
        name: str = self.cleaned_data["username"]
        if len(name) > LONGEST_NAME:
            raise ValidationError("No user name is that long.", code="too_long")
        return name

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not user.is_let_in:
            raise ValidationError("Your access has ended. An administrator can give it again.", code="ended")
        if not has_own_password(user):
            raise ValidationError(f"You sign in with {settings.OIDC_NAME} here.", code="single_sign_on")
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        passed_on = self.request is not None and any(self.request.META.get(name) for name in FORWARDED)
        here = settings.LOOPBACK and from_this_machine(address) and not passed_on
        if getattr(user, "is_demo", False) and not here:
            raise ValidationError("Demo log-ins only work on the machine itself.", code="demo")


class FirstAdministratorForm(forms.Form):
    """Who will configure the portal, and the token from the terminal."""

    token = forms.CharField(
        label="One-time token",
        max_length=200,
        help_text="It stands on the terminal in which the portal was started.",
    )
    username = forms.CharField(label="User name", max_length=150)
    full_name = forms.CharField(label="Printed name", max_length=150, help_text="Stands on every signature.")
    email = forms.EmailField(label="E-mail")
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput, strip=False, help_text="At least 12 characters."
    )
    again = forms.CharField(label="Password again", widget=forms.PasswordInput, strip=False)

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"]).strip()
        if not check(token):
            raise ValidationError("This is not the token that waits. Look at the terminal again.")
        return token

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password", "")
        if password and password != data.get("again"):
            self.add_error("again", "The two passwords differ.")
        if password:
            person = User(username=data.get("username", ""), full_name=data.get("full_name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return data
