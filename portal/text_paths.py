"""Which pages show the text of prompts, or of their traces, and how the prompt is found from the address.

The one table of the gate before sensitive texts (``portal/middleware/purposes.py``). A test opens every page
of the portal about a marked prompt and looks for its text: a page that shows it without standing here fails.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from audits.exports.models import Export
from prompts.evaluations.models import Case, Result, Run
from prompts.lifecycle.models import ApprovalRequest
from prompts.observability.models import Call
from prompts.registry.inclusion import inclusions
from prompts.registry.models import LikePair, Version
from prompts.registry.templating import TemplateFault
from prompts.releases.models import Release

Find = Callable[[HttpRequest, dict[str, Any]], Q]
"""The prompts that an address shows, as a condition on prompts."""
TABS = {"text", "discussion", "variants"}
"""Parts of a prompt's page that show its text, or pieces of it."""


def _by(model: type[Model], way: str) -> Find:
    def find(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
        rows = model._default_manager.filter(pk=kwargs.get("pk", 0))
        return Q(pk__in=rows.values(way))

    return find


def _prompt(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    return Q(pk=kwargs.get("pk", 0))


def _tab(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """The prompt, where an open part shows text; that of variants tells what drifted apart among them."""
    tab = request.GET.get("tab", "")
    variants = Q(variant__base=kwargs.get("pk", 0)) if tab == "variants" else Q(pk=0)
    return _prompt(request, kwargs) | variants if tab in TABS else Q(pk=0)


def _numbers(request: HttpRequest, *names: str) -> list[int]:
    """Keys of rows that the address or the form names."""
    sent = [data.getlist(name) for data in (request.GET, request.POST) for name in names]
    texts = [text for values in sent for text in values]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 15][:200]


def _beside(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """A prompt and the one that it is laid beside: the one that is named, else one that is like it."""
    pk = kwargs.get("pk", 0)
    if request.GET.get("other"):
        return Q(pk=pk) | Q(pk__in=_numbers(request, "other"))
    like = Q(pk__in=LikePair.objects.filter(one=pk).values("other"))
    return Q(pk=pk) | like | Q(pk__in=LikePair.objects.filter(other=pk).values("one"))


def _chosen(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """Prompts that are ticked on a form, and the fragment that it is about."""
    return _prompt(request, kwargs) | Q(pk__in=_numbers(request, "prompt"))


def _typed(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """The prompt of a draft, and the fragments that the text names as it is typed: they are shown in it."""
    format, names = request.POST.get("format", ""), set[str]()
    for text in request.POST.getlist("content"):
        try:
            names |= {found.name for found in inclusions(format, [{"content": text}])}
        except TemplateFault:  # nothing is put into a text that cannot be read
            continue
    return _by(Version, "prompt")(request, kwargs) | Q(name__in=names)


def _about_runs(runs: QuerySet[Run]) -> Q:
    """The prompts of runs, and those of whose calls cases of their suites were made."""
    taken = Case.objects.filter(suite__in=runs.values("suite"), taken_from__isnull=False)
    return Q(pk__in=runs.values("prompt")) | Q(pk__in=taken.values("taken_from"))


def _run(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    return _about_runs(Run.objects.filter(pk=kwargs.get("pk", 0)))


def _result(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    rows = Result.objects.filter(pk=kwargs.get("pk", 0))
    return _about_runs(Run.objects.filter(pk__in=rows.values("run")))


def _case(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """The prompt of whose call a case was made; the admin names its key, or gives it by its place."""
    placed = request.resolver_match.args if request.resolver_match else ()
    key = str(kwargs.get("object_id") or next(iter(placed), ""))
    whole = key.isascii() and key.isdigit() and len(key) < 15
    return Q(pk__in=Case.objects.filter(pk=int(key) if whole else 0).values("taken_from"))


def _suite(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """The prompts of whose calls cases of the suite were made."""
    return Q(pk__in=Case.objects.filter(suite=kwargs.get("pk", 0)).values("taken_from"))


def _matrix(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """A run and the one that it is compared with."""
    return _about_runs(Run.objects.filter(pk__in=[kwargs.get("pk", 0), *_numbers(request, "against")]))


def _pack(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """What a pack is asked about by a form."""
    names = ("prompt", "release", "trace")
    return about({name: request.POST.get(name, "").strip().replace("\0", "") for name in names})


def _packed(request: HttpRequest, kwargs: dict[str, Any]) -> Q:
    """What a finished pack is about; exports of the trail hold no text."""
    row = Export.objects.filter(pk=kwargs.get("pk", 0)).first()
    return about(row.asked) if row and row.is_pack else Q(pk=0)


def about(asked: Mapping[str, Any]) -> Q:
    """The prompts that an evidence pack is about: ``prompt`` by name, ``release`` by key, ``trace`` by id."""
    name, release, trace = (str(asked.get(word) or "") for word in ("prompt", "release", "trace"))
    found = Q(name=name) if name else Q(pk=0)
    if release.isascii() and release.isdigit() and len(release) < 15:
        found |= Q(pk__in=Release.objects.filter(pk=int(release)).values("prompt"))
    if trace:
        found |= Q(pk__in=Call.objects.filter(trace_id=trace).values("prompt"))
    return found


TEXTS: dict[str, Find] = {
    "admin:prompt": _tab,
    "admin:compare": _prompt,
    "admin:beside": _beside,
    "admin:merge": _chosen,
    "admin:fragment-propose": _prompt,
    "admin:fragment-put-in": _chosen,
    "admin:version": _by(Version, "prompt"),
    "admin:draft": _typed,
    "admin:draft-preview": _typed,
    "admin:desk-request": _by(ApprovalRequest, "prompt"),
    "admin:desk-failure": _result,
    "admin:run": _run,
    "admin:run-matrix": _matrix,
    "admin:run-results": _run,
    "admin:run-grade": _run,
    "admin:result": _result,
    "admin:result-output": _result,
    "admin:result-received": _result,
    "admin:result-override": _result,
    "admin:call": _by(Call, "prompt"),
    "admin:call-output": _by(Call, "prompt"),
    "admin:call-case": _by(Call, "prompt"),
    "admin:evaluations_case_change": _case,
    "admin:evaluations_case_history": _case,
    "admin:evaluations_case_simple_history": _case,
    "admin:suite": _suite,
    "admin:evidence": _pack,
    "admin:export-file": _packed,
}
"""By name of the address."""
