"""Libraries that somebody made to hurt: each is told with its place, and nothing else happens."""

import zipfile
from pathlib import Path

import pytest
from django.urls import reverse

from prompts.registry.models import Prompt, Version
from prompts.registry.services.prompts import create_prompt
from tests.portal.opening import Desk
from tests.registry.fragments import fragment, frozen
from tests.registry.test_import_prompts import file, run

pytestmark = pytest.mark.django_db

NESTED = zip("abcdefgh", "bcdefghi", strict=True)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in NESTED
)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bomb.yaml", (BOMB + "prompts: *i\n").encode(), 2),
        ("tag.yaml", b"prompts: !!python/object/apply:os.system ['touch /tmp/x']\n", 2),
        ("deep.yaml", b"prompts: " + b"[" * 5_000 + b"]" * 5_000, 2),
        ("nul.yaml", b"prompts: ['a\0b']\n", 2),
        ("utf16.csv", "name,text\na,b\n".encode("utf-16"), 2),
        ("quote.csv", b'name,text\na,"never closed\n', 2),
        ("half.jsonl", b'{"name": "a", "text": "b"}\n{"name": "c", "te', 1),
        ("deep.jsonl", b"[" * 200_000 + b"\n", 2),
        ("list.jsonl", b"[1, 2]\n", 2),
        ("open.prompt", b"---\nname: a\nnever closed", 2),
        ("tag.prompt", b"---\nname: !!python/name:os.system a\n---\nHi", 2),
        ("list.prompt", b"---\n- a\n---\nHi", 2),
        ("empty.csv", b"", 2),
        ("binary.json", bytes(range(256)), 2),
    ],
)
def test_a_file_that_is_none_is_told_with_its_place(house, tmp_path, name, content, code):
    summary = run(file(tmp_path, name, content), code=code)
    assert Prompt.objects.count() == (1 if code == 1 else 0)
    assert summary["errors"] or name == "empty.csv"
    for error in summary["errors"]:
        assert error["file"].endswith(name)
        assert error["reason"]
    assert not Path("/tmp/x").exists()


def test_latin_1_and_a_mark_at_the_beginning(house, tmp_path):
    bad = file(tmp_path, "latin.csv", "name,text\na,Gr\xfc\xdfe\nb,ok\n".encode("latin-1"))
    assert run(bad, code=1)["errors"][0]["reason"].startswith("holds bytes that are not UTF-8")
    good = file(tmp_path, "mark.csv", "name,text\nc,Grüße\n".encode("utf-8-sig"))
    assert run(good)["created"] == 1


@pytest.mark.parametrize(
    "raw", ["file://../../etc/passwd", "file:///etc/passwd", "file://x.js", "file://x.py"]
)
def test_promptfoo_reads_only_texts_beside_its_configuration(house, tmp_path, raw):
    for name in ("x.js", "x.py"):
        file(tmp_path, name, b"console.log(1)")
    config = file(tmp_path, "promptfooconfig.yaml", f"prompts: ['{raw}', 'Hi {{{{name}}}}']\n".encode())
    summary = run(config, code=1)
    assert (summary["created"], "no text file beside" in summary["errors"][0]["reason"]) == (1, True)


def test_a_folder_that_leads_into_itself_ends(house, tmp_path):
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    file(tmp_path, "a.csv", b"name,text\na,b\n")
    assert run(tmp_path)["created"] == 1


def test_an_archive_is_no_library(house, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.csv", "name,text\na,b\n")
    assert "cannot be told by its ending" in run(tmp_path / "a.zip", code=2)["errors"][0]["reason"]
    run(tmp_path / "a.zip", "--format", "csv", code=2)
    assert not Prompt.objects.exists()


def test_ten_thousand_variables_are_written_shown_and_frozen(people):
    text = " ".join(f"{{{{v{number}}}}}" for number in range(10_000))
    version = create_prompt(actor=people.actor("author"), name="bank/many", text=text).versions.get()
    desk = Desk(people)
    page = desk.text("author", "draft", version.pk)
    assert "more stand in the text" in page
    tab = desk.browser("author").get(reverse("admin:prompt", args=[version.prompt_id]) + "?tab=text")
    assert tab.status_code == 200
    assert frozen(people, version).is_frozen


def test_fragments_that_include_one_another_are_refused_with_their_place(people, factory):
    from prompts.registry.errors import FragmentTrouble

    fragment(people, "bank/f0", "End.")
    for number in range(1, 11):
        fragment(people, f"bank/f{number}", f"{{{{> bank/f{number - 1}}}}}")
    with pytest.raises(FragmentTrouble, match="Message 1, line 1"):
        frozen(people, factory.draft("bank/user", text="{{> bank/f10}}"))
    own = Version.objects.get(prompt__name="bank/f0").prompt
    draft = factory.next_draft(own, text="\n{{> bank/f1}}")
    with pytest.raises(FragmentTrouble, match="Message 1, line 2: bank/f0 would include itself"):
        frozen(people, draft)


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) ![y](https://evil.example/y.png) **b** {{x}}"


def test_documentation_is_shown_as_text(people, factory):
    fields = ("purpose", "intended_use", "excluded_use", "data", "limits", "hazards", "explanation")
    version = factory.draft("bank/hostile", text=HOSTILE, **dict.fromkeys(fields, HOSTILE))
    desk = Desk(people)
    pages = [
        desk.text("author", name, version.prompt_id) for name in ("prompt", "prompt-edit", "prompt-card")
    ]
    for page in pages:
        assert "<script>alert(1)" not in page
        assert 'href="javascript:' not in page
        assert 'src="https://evil' not in page
        assert "&lt;script&gt;alert(1)" in page
