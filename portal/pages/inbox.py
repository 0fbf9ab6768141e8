"""The inbox: what happened to prompts that concern the person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.errors import NotThere
from audits.notices.models import Notice
from audits.notices.services.inbox import mark_read
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, keys_of, number
from portal.selectors.inbox_rows import inbox_of


def inbox(request: HttpRequest) -> HttpResponse:
    """The list; a form marks chosen ones or all of them as read."""
    actor = actor_of(request)
    if request.method == "POST":
        keys = keys_of(request.POST.getlist("notice"), 200)
        count = mark_read(actor=actor, notice_ids=None if "all" in request.POST else keys)
        messages.success(request, f"{count} marked as read." if count else "Nothing was unread.")
        return redirect("admin:inbox")
    unread_only = request.GET.get("show") == "unread"
    page = inbox_of(actor, unread_only=unread_only, before=number(request.GET, "before"))
    context = {"page": page, "unread_only": unread_only, "is_first": not request.GET.get("before")}
    return render_page(request, "portal/inbox.html", context, title="Inbox", crumbs=[("Inbox", None)])


def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks a notice of the person's own as read and leads to what it is about."""
    actor = actor_of(request)
    row = Notice.objects.filter(user=actor.user, pk=pk).first()
    if row is None:
        raise NotThere("There is no such notice.")
    if request.method != "POST":
        return redirect(reverse("admin:inbox"))
    mark_read(actor=actor, notice_ids=[row.pk])
    return redirect(row.address)


PAGES = [
    Page("inbox/", inbox, "inbox", "signed-in"),
    Page("inbox/<int:pk>/open", open_notice, "notice-open", "signed-in"),
]
