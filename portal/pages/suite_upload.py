"""A suite out of files: first what it would become and what it cannot have, then the suite."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, Refused, Unacceptable
from audits.identity.roles import ADMINISTRATOR, EVALUATORS
from portal.pages.base import Page, render_page
from portal.pages.common import Trail, actor_of
from prompts.evaluations.models import Suite
from prompts.evaluations.services.suite_from_file import changes_by, name_in, suite_from_file
from prompts.evaluations.suite_files import ENDINGS, Folder, SuiteFile, read_from
from prompts.registry.models import Collection
from prompts.registry.querysets import collections_with

MOST_BYTES = 4_000_000
MOST_FILES = 200
SHOWN = 50
LONGEST_TITLE = 160


def suite_upload(request: HttpRequest) -> HttpResponse:
    """Reads what was uploaded, shows what it would create, and creates it when that is confirmed.

    Nothing is kept between the two steps: the page sends the texts again, and they are read again.
    """
    actor = actor_of(request)
    if not actor.has_role(*EVALUATORS, ADMINISTRATOR):
        raise Refused("Suites are written by those who evaluate.")
    context: dict[str, Any] = {
        "collections": collections_with(actor, "view").order_by("slug"),
        "endings": ",".join((*ENDINGS, ".txt", ".md")),
        "given": request.POST,
    }
    if request.method == "POST":
        try:
            files = _files(request)
            main = _main(request, files)
            file = read_from(Folder(None, files), main)
            collection = _collection(actor, request)
            name = str(request.POST.get("name", "")).strip() or name_in(file, collection)
            if "confirm" in request.POST:
                title = str(request.POST.get("title", "")).strip()
                suite = suite_from_file(
                    actor=actor, file=file, collection=collection, name=name, title=title[:LONGEST_TITLE]
                )
                messages.success(request, f"{len(file.cases):,} cases are in {suite.name}.")
                return redirect("admin:suite", pk=suite.pk)
            context |= _preview(actor, file, name, collection) | {
                "main": main,
                "kept": json.dumps({key: text.decode("utf-8", "replace") for key, text in files.items()}),
            }
        except Refused:
            raise
        except GovernedError as error:
            context["fault"] = error.message
    crumbs: Trail = [("Evaluations", reverse("admin:evaluations")), ("Suite from a file", None)]
    return render_page(request, "portal/suite_upload.html", context, title="Suite from a file", crumbs=crumbs)


def _files(request: HttpRequest) -> dict[str, bytes]:
    if "confirm" in request.POST:
        try:
            kept = json.loads(str(request.POST.get("kept", "")))
            files = {str(name): str(text).encode() for name, text in kept.items()}
        except (ValueError, AttributeError, RecursionError):
            raise Unacceptable("The files were lost on the way; choose them again.", field="files") from None
    else:
        sent = request.FILES.getlist("files")
        if sum(one.size or 0 for one in sent) > MOST_BYTES:
            raise Unacceptable(
                f"The files have more than {MOST_BYTES // 1_000_000} MB; use manage.py evaluate.",
                field="files",
            )
        files = {str(one.name): one.read() for one in sent[: MOST_FILES + 1]}
    if not files or len(files) > MOST_FILES:
        raise Unacceptable(f"Choose between 1 and {MOST_FILES} files.", field="files")
    return files


def _main(request: HttpRequest, files: dict[str, bytes]) -> str:
    """The file that names the others: the one told, the only one that no other names, or the usual name."""
    told = str(request.POST.get("main", ""))
    candidates = [name for name in files if name.lower().endswith(ENDINGS)]
    unnamed = [name for name in candidates if not _is_named(name, files)]
    candidates = unnamed if len(unnamed) == 1 else candidates
    usual = [name for name in candidates if name.lower().startswith("promptfooconfig.")]
    if told in files:
        return told
    if len(candidates) == 1 or usual:
        return (usual or candidates)[0]
    if not candidates:
        raise Unacceptable(f"A suite's file ends in {', '.join(ENDINGS)}.", field="files")
    raise Unacceptable(
        "Several files could be the suite; name it promptfooconfig.yaml, or choose it alone.",
        field="files",
    )


def _is_named(name: str, files: dict[str, bytes]) -> bool:
    """Whether another of the files has the name in its text."""
    return any(name.encode() in text for other, text in files.items() if other != name)


def _collection(actor: Actor, request: HttpRequest) -> Collection | None:
    slug = str(request.POST.get("collection", ""))
    if not slug:
        return None
    found: Collection | None = collections_with(actor, "view").filter(slug=slug).first()
    if found is None:
        raise Unacceptable("Choose a collection that you see.", field="collection")
    return found


def _preview(actor: Actor, file: SuiteFile, name: str, collection: Collection | None) -> dict[str, Any]:
    suite = Suite.objects.visible_to(actor).filter(name=name).first()
    return {
        "file": file,
        "name": name,
        "collection": collection,
        "suite": suite,
        "changes": changes_by(suite=suite, file=file),
        "cases": file.cases[:SHOWN],
        "more": max(0, len(file.cases) - SHOWN),
    }


PAGES = [Page("evaluations/suites/upload/", suite_upload, "suite-upload", "signed-in")]
