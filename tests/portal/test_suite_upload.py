"""A suite out of uploaded files: shown first, written when confirmed."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from prompts.evaluations.models import Case, Suite
from tests.portal.opening import Desk

CONFIG = """
prompts: [Say it]
tests:
  - file://tests/rows.csv
  - vars: {a: <b>x</b>}
    assert: [{type: is-json}, {type: javascript, value: output}]
"""


@pytest.fixture
def desk(people) -> Desk:
    """Everybody's browser."""
    return Desk(people)


def files(**told):
    return [SimpleUploadedFile(name.replace("__", "."), text.encode()) for name, text in told.items()]


def test_an_upload_is_shown_and_nothing_is_written(desk, bank):
    sent = files(promptfooconfig__yaml=CONFIG, rows__csv="a,__expected\n1,contains: 1\n")
    answer = desk.post("author", "suite-upload", files=sent, collection=bank.slug)
    assert (answer.context["changes"].new, Suite.objects.exists()) == (2, False)
    assert [row.what for row in answer.context["file"].unsupported] == ["javascript"]
    assert "<b>x</b>" not in answer.content.decode()


def test_what_was_shown_is_written_when_confirmed(desk, bank):
    kept = {"promptfooconfig.yaml": CONFIG, "rows.csv": "a,__expected\n1,contains: 1\n"}
    sent = {"confirm": "1", "kept": json.dumps(kept), "collection": bank.slug, "name": "mine"}
    desk.post("author", "suite-upload", **sent)
    assert Case.objects.filter(suite__name="mine").count() == 2
    assert Case.objects.get(vars={"a": "<b>x</b>"}).tags == ["incomplete"]


def test_the_title_is_what_the_file_says_of_itself_and_can_be_changed(desk, bank):
    told = "description: Refunds, politely\n" + CONFIG.replace("  - file://tests/rows.csv\n", "")
    shown = desk.post("author", "suite-upload", files=files(refunds__yaml=told), collection=bank.slug)
    assert '<input id="title" name="title" maxlength="160" value="Refunds, politely" required>' in (
        shown.content.decode()
    )
    sent = {"confirm": "1", "kept": json.dumps({"refunds.yaml": told}), "collection": bank.slug}
    desk.post("author", "suite-upload", **sent, name="mine", title="  Refunds in autumn ")
    assert Suite.objects.get(name="mine").title == "Refunds in autumn"
    desk.post("author", "suite-upload", **sent, name="other", title=" ")
    assert Suite.objects.get(name="other").title == "Refunds, politely"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("a__yaml", "tests: [", "YAML is broken"), ("a__exe", "x", "ends in"), ("a__csv", "a,a\n", "twice")],
)
def test_a_broken_file_is_told_on_the_page(desk, bank, name, text, words):
    answer = desk.post("author", "suite-upload", files=files(**{name: text}))
    assert words in answer.context["fault"]
    assert not Suite.objects.exists()


def test_of_several_files_the_one_that_none_names_is_the_suite(desk, bank):
    told = "tests: [{assert: [{type: is-json, value: file://shape.json}, {type: latency, threshold: 9}]}]"
    sent = files(bench__yaml=told, shape__json='{"type": "object"}')
    answer = desk.post("author", "suite-upload", files=sent, collection=bank.slug)
    assert answer.context["main"] == "bench.yaml"
    assert "came within 9 milliseconds" in answer.content.decode()


def test_files_of_which_none_names_another_are_told_apart_by_people(desk, bank):
    sent = files(a__yaml="tests: [{vars: {x: 1}}]", b__yaml="tests: [{vars: {x: 2}}]")
    answer = desk.post("author", "suite-upload", files=sent, collection=bank.slug)
    assert "Several files" in answer.context["fault"]


def test_who_writes_no_suites_uploads_none(desk):
    assert desk.get("auditor", "suite-upload").status_code == 403


def test_a_suite_of_all_collections_needs_its_role(desk):
    sent = {"confirm": "1", "kept": json.dumps({"a.yaml": "tests: [{vars: {a: 1}}]"}), "collection": ""}
    answer = desk.post("author", "suite-upload", **sent)
    assert not Suite.objects.exists()
    assert answer.status_code == 403
