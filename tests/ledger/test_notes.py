"""Checkpoints in the C2SP formats: what is signed verifies, anything else does not."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audits.ledger import notes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TREE = notes.Tree("example.org/log", 42, "5d" * 32)
WHEN = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)
NOTE = notes.sign(TREE, KEY, WHEN)


def test_a_note_has_the_lines_of_the_format() -> None:
    origin, size, root, empty, first, second, end = NOTE.split("\n")
    assert (origin, size, base64.b64decode(root).hex(), empty, end) == (
        "example.org/log",
        "42",
        "5d" * 32,
        "",
        "",
    )
    assert first.startswith("— example.org/log ")
    assert second.startswith("— example.org/log ")
    assert len(base64.b64decode(first.split(" ")[2])) == 4 + 64
    assert len(base64.b64decode(second.split(" ")[2])) == 4 + 8 + 64


def test_a_note_is_read_back_with_its_time() -> None:
    note = notes.parse(NOTE)
    assert note.tree == TREE
    assert notes.signed_at(note, KEY.public_key()) == WHEN


def test_the_published_verifier_key_of_the_format_is_understood() -> None:
    # golang.org/x/mod/sumdb/note, documentation example: key hash and key of "PeterNeumann".
    published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    raw = base64.b64decode(published.split("+", 2)[2])
    key = Ed25519PublicKey.from_public_bytes(raw[1:])
    assert notes.verifier_key("PeterNeumann", key) == published


@pytest.mark.parametrize(
    "broken",
    [
        NOTE.replace("42", "43", 1),
        NOTE.replace("example.org/log\n", "example.org/other\n", 1),
        "\n".join(NOTE.split("\n")[:-2]) + "\n",
        NOTE.split("\n\n")[0] + "\n",
    ],
)
def test_a_changed_or_half_signed_note_is_refused(broken: str) -> None:
    with pytest.raises(notes.BadNote, match="not signed"):
        notes.signed_at(notes.parse(broken), KEY.public_key())


def test_another_key_is_refused() -> None:
    with pytest.raises(notes.BadNote, match="not signed"):
        notes.signed_at(notes.parse(NOTE), Ed25519PrivateKey.generate().public_key())


def test_the_first_lines_alone_and_the_one_line_form_are_read() -> None:
    lines = NOTE.split("\n\n")[0]
    assert notes.parse(lines).tree == TREE
    assert notes.parse(lines.replace("\n", " ")).tree == TREE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\nb",
        "a\n-1\nAAAA",
        "a\n01\nAAAA",
        "a\n1\nAAAA",
        "a\n1\n%%%",
        "a\n²\nAAAA",
        "x" * 200_000,
        "a\0\n\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(notes.BadNote, match="no checkpoint"):
        notes.parse(text)
