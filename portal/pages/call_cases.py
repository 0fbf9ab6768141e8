"""A call of production becomes a case: its variables, and its output as the draft of what is expected."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from portal.evaluating.recovered import recovered
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of, number
from portal.pages.use import seen_call
from prompts.evaluations.models import Run, Suite
from prompts.evaluations.policies import SuitePolicy
from prompts.evaluations.services.cases import save_case
from prompts.observability.models import Call
from prompts.registry.lint.findings import Passage
from prompts.registry.lint.personal import find_personal
from prompts.registry.sensitivity import is_sensitive

WAYS = {
    "equals": "is exactly this",
    "similar": "means the same as this",
    "contains": "contains this",
    "llm-rubric": "meets this, a model judges",
}
TAGS = ("regression", "edge", "safety")
LONGEST = 20_000


def call_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the case that the call would be, with what looks like personal data; writes it when sent."""
    actor = actor_of(request)
    call = seen_call(actor, pk)
    suites = _writable(actor, call)
    if request.method == "POST":
        suite = next((one for one in suites if one.pk == number(request.POST, "suite")), None)
        if suite is None:
            raise NotThere("There is no such suite, or you may not write it.")
        way = str(request.POST.get("way", ""))
        expected = str(request.POST.get("expected", "")).replace("\r\n", "\n")
        if way not in WAYS or not expected.strip():
            raise Unacceptable("Write what the answer must be like.", field="expected")
        names = [key.removeprefix("var:") for key in request.POST if key.startswith("var:")]
        case = save_case(
            actor=actor,
            suite_id=suite.pk,
            name=_free(suite, str(request.POST.get("name", "")).strip()),
            vars={name: str(request.POST[f"var:{name}"]).replace("\r\n", "\n") for name in names},
            assertions=[{"type": way, "value": expected}],
            taken_from=call.prompt,
            tags=[tag for tag in TAGS if tag in request.POST.getlist("tag")],
            description=f"From a call of {call.started_at:%d %B %Y}, trace {call.trace_id}"[:400],
        )
        messages.success(request, f"{case.name} is a case of {suite.name}.")
        return redirect("admin:evaluations_case_change", case.pk)
    values = recovered(call.version.messages if call.version else [], call.input[:LONGEST])
    context: dict[str, Any] = {
        "call": call,
        "suites": suites,
        "ways": WAYS.items(),
        "tags": TAGS,
        "values": [(name, value, _personal(value)) for name, value in values.items()],
        "expected": call.output[:LONGEST],
        "cut": len(call.output) > LONGEST,
        "found": _personal(call.output[:LONGEST]),
        "name": f"call-{call.span_id}"[:180],
    }
    crumbs: Trail = [
        ("Use", reverse("admin:use")),
        (f"call {call.span_id}", reverse("admin:call", args=[pk])),
    ]
    crumbs.append(("Case", None))
    return render_page(request, "portal/call_case.html", context, title="A case of this call", crumbs=crumbs)


def _writable(actor: Actor, call: Call) -> list[Suite]:
    """Suites that this prompt can be run with and the actor may write; first those that it was run with.

    Words of a sensitive prompt's trace go into no suite that everybody sees.
    """
    rows = Suite.objects.visible_to(actor).filter(is_active=True).select_related("collection")
    collection = call.prompt.collection_id if call.prompt else None
    places = {collection} if call.prompt and is_sensitive(call.prompt.pk) else {None, collection}
    usable = [one for one in rows[:500] if one.collection_id in places]
    run_with = set(Run.objects.filter(prompt=call.prompt_id).values_list("suite", flat=True).distinct())
    policy = SuitePolicy(actor)
    return sorted(
        (one for one in usable if policy.may("write", one)),
        key=lambda one: (one.pk not in run_with, one.collection_id is None, one.title),
    )


def _free(suite: Suite, name: str) -> str:
    """The name, refused where another case has it: a case is not written over from here."""
    if suite.cases.filter(name=name).exists():
        raise Unacceptable(f"The suite has a case {name!r} already.", field="name")
    return name


def _personal(text: Any) -> list[str]:
    """What in a text looks like data of a person, each kind once."""
    told = text if isinstance(text, str) else json.dumps(text)
    findings, _ = find_personal(Passage(told))
    return list(dict.fromkeys(finding.title for finding in findings))


PAGES = [Page("use/calls/<int:pk>/case/", call_case, "call-case", "signed-in")]
