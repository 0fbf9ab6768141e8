"""Work lists: prompts that need somebody, with steps for many of them at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.models import User
from audits.identity.roles import STEWARD
from portal.pages.base import Page, render_page
from portal.pages.common import actor_of, keys_of, number
from portal.selectors.worklists import COUNTED, LISTS, counts, work
from portal.services.tend_prompts import MOST, Step, add_tag, archive, assign, remove_tag, tend_prompts
from prompts.registry.texts import check_tags, check_text

STEPS = {
    "tag": "Add a tag",
    "untag": "Remove a tag",
    "assign": "Assign an owner",
    "archive": "Archive",
}


def worklists(request: HttpRequest) -> HttpResponse:
    """One list, chosen by ``?list=``; a form takes one step for all chosen rows."""
    actor = actor_of(request)
    name = str(request.GET.get("list", "stale"))
    if name not in LISTS:
        raise NotThere("There is no such list.")
    if request.method == "POST":
        return _tend(request, actor)
    start = min(number(request.GET, "from") or 0, 100_000)
    context = {
        "lists": LISTS.items(),
        "name": name,
        "chosen": LISTS[name],
        "counts": counts(actor),
        "counted": COUNTED,
        "work": work(actor, name, start),
        "start": start,
        "steps": STEPS.items(),
        "people": User.objects.filter(is_active=True).order_by("full_name")[:200],
        "hand_over": name == "orphaned",
    }
    crumbs = [("Work lists", None)]
    return render_page(request, "portal/worklists.html", context, title="Work lists", crumbs=crumbs)


def _tend(request: HttpRequest, actor: Actor) -> HttpResponse:
    keys = keys_of(request.POST.getlist("prompt"), MOST + 1)
    told = tend_prompts(actor=actor, prompt_ids=keys, step=_step(request, actor))
    if told.done:
        messages.success(request, f"{len(told.done)} changed: {', '.join(told.done[:10])}.")
    for name, reason in told.refused:
        messages.error(request, f"{name} was left as it is: {reason}")
    return redirect(request.get_full_path())


def _step(request: HttpRequest, actor: Actor) -> Step:
    """The step that the form asks for, with what it needs; raises ``Unacceptable`` naming what is missing."""
    act, value = str(request.POST.get("act", "")), str(request.POST.get("value", "")).strip()
    if act in {"tag", "untag"}:
        [tag] = check_tags([value], "tag")
        return add_tag(actor, tag) if act == "tag" else remove_tag(actor, tag)
    if act == "assign":
        owner = User.objects.filter(username__iexact=value, is_active=True).first()
        if owner is None:
            raise Unacceptable(f"There is no active person {value[:150]!r}.", field="value")
        return assign(actor, owner)
    if act == "archive":
        return archive(actor, check_text(value, "The reason", required=True))
    raise Unacceptable("Choose what to do.", field="act")


PAGES = [
    Page("worklists/", worklists, "worklists", (STEWARD,)),
]
