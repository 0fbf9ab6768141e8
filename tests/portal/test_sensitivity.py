"""Sensitive prompts: who marks them, how long a purpose counts, who sees who read them, and programs."""

import base64
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.services.keys import create_key
from audits.ledger.models import Event
from portal.middleware.purposes import KEPT
from prompts.evaluations.services.suites import create_suite
from prompts.registry.errors import PURPOSE_HEADER, PurposeNeeded
from prompts.registry.models import Prompt, SensitiveMark, Version
from prompts.registry.sensitivity import is_sensitive
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.sensitivity import end_sensitive, mark_sensitive, note_read
from tests.people import SHELL, People

pytestmark = pytest.mark.django_db
WHY = "Names of customers."


@pytest.fixture
def prompt(factory: Any) -> Prompt:
    return factory.released(name="bank/letter").prompt


def signed_in(people: People, who: str) -> Client:
    client = Client()
    client.force_login(getattr(people, who), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("who", ["ethics_officer", "administrator", "steward"])
def test_those_who_may_mark_a_prompt_with_a_reason(people: People, prompt: Prompt, who: str) -> None:
    mark_sensitive(actor=people.actor(who), on=prompt, reason=WHY)
    assert is_sensitive(prompt.pk)
    entry = Event.objects.latest("id")
    assert (entry.event, entry.subject, entry.reason) == ("registry.sensitivity.marked", "bank/letter", WHY)


@pytest.mark.parametrize(
    "who", ["author", "expert", "documentarian", "auditor", "stranger", "leaver", "service"]
)
def test_others_mark_nothing(people: People, prompt: Prompt, who: str) -> None:
    with pytest.raises(Refused):
        mark_sensitive(actor=people.actor(who), on=prompt, reason=WHY)


@pytest.mark.parametrize("who", ["steward", "author", "auditor", "stranger"])
def test_a_collection_is_marked_by_ethics_officers_and_administrators(people, bank, prompt, who: str) -> None:
    with pytest.raises(Refused):
        mark_sensitive(actor=people.actor(who), on=bank, reason=WHY)
    mark_sensitive(actor=people.actor("ethics_officer"), on=bank, reason=WHY)
    assert is_sensitive(prompt.pk)


def test_a_mark_needs_a_reason_and_is_set_once(people: People, prompt: Prompt) -> None:
    with pytest.raises(Unacceptable):
        mark_sensitive(actor=SHELL, on=prompt, reason=" ")
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    with pytest.raises(Conflict):
        mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SensitiveMark.objects.create(prompt=prompt, reason=WHY, since=timezone.now(), by="x")


def test_a_mark_is_taken_away_with_a_reason_and_stays_on_record(people: People, prompt: Prompt) -> None:
    with pytest.raises(NotThere):
        end_sensitive(actor=SHELL, on=prompt, reason=WHY)
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    end_sensitive(actor=people.actor("steward"), on=prompt, reason="No names any more.")
    assert not is_sensitive(prompt.pk)
    assert SensitiveMark.objects.get().ended_by == "sten"
    assert Event.objects.latest("id").event == "registry.sensitivity.ended"


@pytest.mark.parametrize(("purpose", "error"), [(" ", PurposeNeeded), ("x" * 301, Unacceptable)])
def test_a_read_needs_a_purpose_of_some_length(people: People, prompt: Prompt, purpose: str, error) -> None:
    with pytest.raises(error):
        note_read(actor=people.actor("author"), prompt=prompt, purpose=purpose, what="/")


def test_a_purpose_is_kept_for_a_session_a_prompt_and_a_time(people: People, prompt: Prompt, factory) -> None:
    other = factory.draft(name="bank/other").prompt
    for one in (prompt, other):
        mark_sensitive(actor=SHELL, on=one, reason=WHY)
    client, text = signed_in(people, "author"), f"/admin/prompts/{prompt.pk}/?tab=text"
    assert "for 15 minutes" in client.get(text).content.decode()
    sent = client.post(f"/admin/prompts/{prompt.pk}/purpose", {"other": "A complaint", "next": text})
    assert (sent.status_code, sent["Location"]) == (302, text)
    assert client.get(text).status_code == 200
    assert client.get(f"/admin/prompts/{other.pk}/?tab=text").status_code == 428
    assert signed_in(people, "author").get(text).status_code == 428
    session = client.session
    ((purpose, until),) = session[KEPT].values()
    assert timedelta(minutes=14) < datetime.fromisoformat(until) - timezone.now() < timedelta(minutes=15)
    session[KEPT] = {str(prompt.pk): [purpose, timezone.now().isoformat()]}
    session.save()
    assert client.get(text).status_code == 428
    assert client.post(f"/admin/prompts/{prompt.pk}/?tab=text").status_code != 428


def test_every_prompt_of_a_long_form_is_asked_about(people: People, bank, factory: Any) -> None:
    made = [factory.draft(f"bank/letter-{number}").prompt for number in range(22)]
    mark_sensitive(actor=people.actor("ethics_officer"), on=bank, reason=WHY)
    client = signed_in(people, "author")
    session, until = client.session, (timezone.now() + timedelta(minutes=5)).isoformat()
    session[KEPT] = {str(one.pk): ["An audit", until] for one in made[:-1]}
    session.save()
    answer = client.get("/admin/duplicates/merge", {"prompt": [one.pk for one in made]})
    assert answer.status_code == 428
    assert made[-1].name in answer.content.decode()


def test_the_answer_leads_to_no_other_site_and_is_not_empty(people: People, prompt: Prompt) -> None:
    client, address = signed_in(people, "author"), f"/admin/prompts/{prompt.pk}/purpose"
    sent = client.post(address, {"purpose": "An audit", "next": "https://elsewhere.example/"})
    assert sent["Location"] == f"/admin/prompts/{prompt.pk}/?tab=text"
    client = signed_in(people, "author")
    client.post(address, {"purpose": " "})
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    assert client.get(f"/admin/prompts/{prompt.pk}/?tab=text").status_code == 428


@pytest.mark.parametrize(
    ("who", "sees"), [("auditor", True), ("ethics_officer", True), ("steward", True), ("author", False)]
)
def test_reads_are_listed_for_those_who_may_see_them(people, prompt, who: str, sees: bool) -> None:
    note_read(actor=people.actor("expert"), prompt=prompt, purpose="A complaint", what="/admin/x/")
    page = signed_in(people, who).get(f"/admin/prompts/{prompt.pk}/sensitive/").content.decode()
    assert ("A complaint" in page, "/admin/x/" in page) == (sees, sees)


def test_marks_are_set_on_the_page(people: People, prompt: Prompt) -> None:
    client, address = signed_in(people, "ethics_officer"), f"/admin/prompts/{prompt.pk}/sensitive/"
    client.post(address, {"on": "collection", "act": "mark", "reason": WHY})
    assert WHY in client.get(address).content.decode()
    client.post(address, {"on": "collection", "act": "end", "reason": "Over."})
    assert not is_sensitive(prompt.pk)


def keyed(*verbs: str, **headers: str) -> dict[str, Any]:
    pair = create_key(
        actor=SHELL, name="robot", collections=["bank"], environments=["development"], verbs=verbs
    )
    secret = base64.b64encode(f"{pair.public_key}:{pair.secret_key}".encode()).decode()
    return {"headers": {"Authorization": f"Basic {secret}", **headers}}


def serving(people: People) -> dict[str, Any]:
    pair = f"{people.service.public_key}:{people.service_secret}"
    return {"headers": {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}}


def test_what_an_application_fetches_is_not_asked_about(people: People, prompt: Prompt) -> None:
    address, key = "/api/public/v2/prompts/bank/letter", serving(people)
    before = Client().get(address, **key)
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    count = Event.objects.count()
    for asked in ({}, {"label": "production"}, {"version": 1}):
        answer = Client().get(address, asked, **key)
        assert (answer.status_code, answer.json()["prompt"]) == (200, before.json()["prompt"])
    assert Event.objects.count() == count


MANAGED = (
    "/api/v1/prompts/bank/letter/versions/1",
    "/api/v1/prompts/bank/letter/versions/1/canonical",
    "/api/public/v2/prompts/bank/letter?label=latest",
    "/api/public/v2/prompts/bank/letter?version=1",
)


@pytest.mark.parametrize("address", MANAGED)
def test_management_reads_name_the_header_that_is_missing(
    people: People, prompt: Prompt, address: str
) -> None:
    key = keyed("read", "read_drafts")
    assert Client().get(address, **key).status_code == 200
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    answer = Client().get(address, **key)
    assert (answer.status_code, answer.json()["error"]) == (428, "purpose_needed")
    assert PURPOSE_HEADER in answer.json()["message"]
    key["headers"][PURPOSE_HEADER] = "A nightly backup"
    assert Client().get(address, **key).status_code == 200
    entry = Event.objects.latest("id")
    assert (entry.event, entry.actor, entry.reason) == (
        "registry.sensitive.read",
        "robot",
        "A nightly backup",
    )


def test_labels_that_are_set_answer_with_the_text_only_with_a_purpose(people: People, prompt: Prompt) -> None:
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    address, key = "/api/public/v2/prompts/bank/letter/versions/1", keyed("release")
    sent = Client().patch(address, {"newLabels": []}, content_type="application/json", **key)
    assert (sent.status_code, sent.json()["error"]) == (428, "purpose_needed")


def test_a_pack_on_the_command_line_needs_a_purpose(people: People, prompt: Prompt, tmp_path) -> None:
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    asked = ("--prompt", "bank/letter", "--out", str(tmp_path / "pack.zip"), "--as", "audra")
    with pytest.raises(CommandError, match="--purpose"):
        call_command("export_evidence", *asked)
    call_command("export_evidence", *asked, "--purpose", "A supervisor asks")
    read = Event.objects.get(event="registry.sensitive.read")
    assert (read.actor, read.reason) == ("audra", "A supervisor asks")


def frozen(factory: Any, name: str, text: str, **fields: Any) -> Version:
    draft = factory.draft(name, text=text, **fields)
    return freeze_version(actor=SHELL, version_id=draft.pk)


@pytest.fixture
def tone(people: People, factory: Any) -> Prompt:
    """A marked fragment."""
    version = frozen(factory, "bank/tone", "Never name Zanzibar.", kind="fragment")
    mark_sensitive(actor=SHELL, on=version.prompt, reason=WHY)
    return version.prompt


def test_a_prompt_with_a_sensitive_fragment_is_sensitive(people: People, factory: Any, tone: Prompt) -> None:
    draft = factory.draft("bank/answer", text="{{> bank/tone}} Answer.").prompt
    fixed = frozen(factory, "bank/greeting", "{{> bank/tone}} Hello.").prompt
    free = factory.draft("bank/free", text="Answer.").prompt
    assert [is_sensitive(one.pk) for one in (draft, fixed, free)] == [True, True, False]
    client, text = signed_in(people, "author"), f"/admin/prompts/{draft.pk}/?tab=text"
    assert client.get(text).status_code == 428
    client.post(f"/admin/prompts/{draft.pk}/purpose", {"purpose": "An audit"})
    assert client.get(text).status_code == 200
    assert Event.objects.latest("id").subject == "bank/answer"
    end_sensitive(actor=SHELL, on=tone, reason=WHY)
    assert not is_sensitive(draft.pk)


def test_so_is_one_by_way_of_another_fragment(people: People, factory: Any, tone: Prompt) -> None:
    frozen(factory, "bank/voice", "{{> bank/tone}} Kindly.", kind="fragment")
    draft = factory.draft("bank/answer", text="{{> bank/voice}} Answer.").prompt
    fixed = frozen(factory, "bank/greeting", "{{> bank/voice}} Hello.").prompt
    assert [is_sensitive(one.pk) for one in (draft, fixed)] == [True, True]


def test_the_page_names_the_fragments_that_the_reader_sees(people, factory, tone: Prompt) -> None:
    draft = factory.draft("bank/answer", text="{{> bank/tone}} Answer.").prompt
    page = signed_in(people, "author").get(f"/admin/prompts/{draft.pk}/sensitive/").content.decode()
    assert "bank/answer: sensitive" in page.replace("<wbr>", "")
    assert f"/admin/prompts/{tone.pk}/sensitive/" in page


def test_a_fragment_typed_into_an_editor_is_not_shown_without_a_purpose(
    people, factory, tone: Prompt
) -> None:
    draft = factory.draft("bank/answer", text="Answer.")
    client = signed_in(people, "author")
    form = {"role": "system", "content": "{{> bank/tone}}", "format": "mustache"}
    address = f"/admin/drafts/{draft.pk}/preview"
    answer = client.post(address, form, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (428, "purpose_needed")
    assert "Zanzibar" not in answer.content.decode()
    client.post(f"/admin/prompts/{tone.pk}/purpose", {"purpose": "An audit"})
    assert "Zanzibar" in client.post(address, form).content.decode()


def test_released_texts_with_a_sensitive_fragment_are_fetched_as_ever(people, factory, tone: Prompt) -> None:
    factory.released(factory.draft("bank/greeting", text="{{> bank/tone}} Hello."))
    answer = Client().get("/api/public/v2/prompts/bank/greeting", **serving(people))
    assert answer.status_code == 200
    assert "Zanzibar" in answer.json()["prompt"]


def test_commands_enter_the_read_with_their_name_or_the_purpose(people: People, prompt: Prompt) -> None:
    call_command("lint", "bank/letter", stdout=io.StringIO())
    assert not Event.objects.filter(event="registry.sensitive.read").exists()
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    call_command("lint", "bank/letter", stdout=io.StringIO())
    call_command("lint", "--collection", "bank", "--as", "ada", stdout=io.StringIO())
    reads = Event.objects.filter(event="registry.sensitive.read").order_by("id")
    assert [(read.actor_type, read.subject, read.reason) for read in reads] == [
        ("shell", "bank/letter", "manage.py lint"),
        ("person", "bank/letter", "manage.py lint"),
    ]


def test_an_evaluation_at_the_shell_is_a_read(people: People, prompt: Prompt) -> None:
    mark_sensitive(actor=SHELL, on=prompt, reason=WHY)
    create_suite(actor=SHELL, name="polite", title="Polite")
    asked = ("bank/letter", "--suite", "polite", "--pickup", "0", "--as", "ada")
    for more in ((), ("--purpose", "A complaint")):
        with pytest.raises(CommandError):
            call_command("evaluate", *asked, *more, stderr=io.StringIO())
    reads = Event.objects.filter(event="registry.sensitive.read").order_by("id")
    assert [(read.actor, read.reason) for read in reads] == [
        ("ada", "manage.py evaluate"),
        ("ada", "A complaint"),
    ]
