"""Technical documentation in an evidence pack: filled from the records, and honest about what is missing."""

import json
import re
from pathlib import Path

import pytest

from portal.packs.annex_iv import points_of
from prompts.registry.services.prompts import edit_prompt
from tests.documented import WHOLE
from tests.exports.test_export_pack import EVIL, checked, pack

pytestmark = pytest.mark.django_db
POINTS = ["1(a)", "1(b)", "1(c)", "1(d)", "1(e)", "1(f)", "1(g)", "1(h)", *(f"2({x})" for x in "abcdefgh")]
POINTS += [str(number) for number in range(3, 10)]


@pytest.fixture
def letter(factory, people):
    version = factory.released(name="bank/letter")
    edit_prompt(actor=people.actor("steward"), prompt_id=version.prompt_id, changes=WHOLE)
    version.prompt.refresh_from_db()
    return version


@pytest.mark.requirement("eu-ai-act/11")
def test_every_heading_is_there_filled_from_the_records_or_marked(people, letter, tmp_path: Path):
    files = pack(people, tmp_path / "a.zip", prompt="bank/letter")
    told = json.loads(files["annex-iv.json"])
    points = {row["point"]: row for row in told["points"]}
    assert list(points) == POINTS
    assert points["1(a)"]["from_records"]["intended purpose"] == WHOLE["purpose"]
    assert points["1(h)"]["state"] == "filled"
    assert points["2(b)"]["from_records"]["text"] == letter.text
    assert "Sten" in points["2(g)"]["from_records"]["signed"]
    assert points["8"]["state"] == "missing"
    assert (points["8"]["missing"], points["8"]["supplied_by"]) == (
        ["a copy of the declaration"],
        "the organisation",
    )
    assert all(row["missing"] for row in told["points"] if row["state"] != "filled")


def test_an_empty_section_is_named_with_who_supplies_it(people, factory):
    draft = factory.draft(name="bank/bare")
    changes = {"intended_use": "", "excluded_use": ""}
    prompt = edit_prompt(actor=people.actor("steward"), prompt_id=draft.prompt_id, changes=changes)
    points = {one.point: one for one in points_of(prompt, draft)}
    assert points["1(h)"].state == "missing"
    assert points["1(h)"].missing == ["intended use", "not for"]
    assert points["1(h)"].by == "the prompt's owner"


def test_the_pack_with_it_proves_itself_and_nothing_in_it_runs(people, letter, tmp_path: Path):
    changes = {"limits": EVIL}
    edit_prompt(actor=people.actor("steward"), prompt_id=letter.prompt_id, changes=changes)
    path = tmp_path / "a.zip"
    page = pack(people, path, prompt="bank/letter", version=letter.number)["annex-iv.html"].decode()
    assert checked(path)["entries"]
    assert "&lt;script&gt;" in page
    assert not re.search(r"<script|<[^>]*\son\w+=|(?:src|href)=\"http", page)
    assert "Still to be supplied" in page


def test_a_trace_has_none(people, letter, tmp_path: Path):
    from django.utils import timezone

    from prompts.observability.models import Call

    Call.objects.create(
        trace_id="t", span_id="s", started_at=timezone.now(), prompt=letter.prompt, account="tests"
    )
    assert "annex-iv.json" not in pack(people, tmp_path / "a.zip", trace="t")
