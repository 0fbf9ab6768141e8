"""The one-time address at which a person sets a password; the token leaves the address at the first step."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy

from audits.identity.actors import Actor
from audits.identity.services.passwords import note_password_set


class SetPassword(PasswordResetConfirmView):
    """Django's view in the portal's look, with an entry in the ledger; it signs nobody in."""

    template_name = "portal/set_password.html"
    success_url = reverse_lazy("admin:login")
    extra_context = {"title": "Set your password"}

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        address = self.request.META.get("REMOTE_ADDR", "")
        note_password_set(actor=Actor.for_user(self.user, address=address), how="one-time address")
        messages.success(self.request, "Your password is set. Sign in with it.")
        return answer
