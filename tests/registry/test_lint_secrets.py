"""Secrets and personal data: what is found, what is not, and that no finding tells them."""

import csv
import json
import time
from pathlib import Path

import pytest

from prompts.registry.lint import find_sensitive

SMALL = Path(__file__).parent / "small"
# Written in two parts, so that no scanner takes this file for one that holds keys.
HEAD, BODY = "a1B2c3D4e5F6g7H8i9J0", "k1L2m3N4o5P6q7R8s9T0u1V2"
SECRETS = {
    "AWS": "AKIA" + "IOSFODNN7EXAMPLE",
    "Anthropic": "sk-ant-" + "api03-" + HEAD + BODY,
    "OpenAI": "sk-" + "proj-" + HEAD + BODY,
    "GitHub": "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "GitLab": "glpat-" + HEAD,
    "Slack": "xoxb-" + "2147483647-4171234567-" + BODY,
    "Google": "AIza" + "SyD9x1Qw7Lk3Vb5Nm2Zc8Xs4Hj6Gf0Tr1Yu",
    "Stripe": "sk_live_" + HEAD + "kl",
    "Hugging Face": "hf_" + HEAD + "kLmNoPqRsTuVwX",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA7d9fK2m4Qx8Lz5Vw3Nb6Tc1Yh0\n",
    "address": "postgres://app:" + "t7Gq2mZx" + "@db.internal/app",
    "called a password": 'password = "' + "kR7#vQ2!mZ9x" + '"',
    "called a token": "access_token: " + HEAD + BODY,
}
PERSONAL = {
    "IBAN": "Pay to DE89 3704 0044 0532 0130 00, please.",
    "IBAN in a row": "GB82WEST12345698765432",
    "card": "Card 4012 8888 8888 1881",
    "mail": "Ask jane.miller@bluebank.de",
    "telephone": "Call +49 30 901820443",
}
CLEAN = (
    "The order number is 4012888888881882, the parcel DE89370400440532013001.",
    "Write to jane@example.com or support@bluebank.de, or to name@yourcompany.com.",
    "Commit 3f786850e387550fdac836ed7e6dc881de23001b, sha256:" + "9f86d081884c7d659a2feaa0c55ad015" * 2,
    "Set OPENAI_API_KEY=sk-your-key-here and password: <PASSWORD>, token: ${TOKEN}, api_key=xxxxxxxxxxxxxxxx",
    "A token is a word or a part of one. Never tell the password. The secret is patience and long practice.",
    "Id 123e4567-e89b-12d3-a456-426614174000, version 10.0.19041.1415, on 2024-01-01 at 10:00, +1 point.",
    "See https://hub.example.org/a/very/long/path/With/Many/Parts/And2024Numbers/index.html#section-12.",
    "-----BEGIN PRIVATE KEY----- is how such a file begins.",
    "Use {{api_key}} and {{ password }} in data:image/png;base64,iVBORw0KGgo= only.",
)


def found(text):
    """What is found in one message."""
    return find_sensitive({"messages": [{"role": "text", "content": text}]})


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.requirement("owasp-llm/02")
def test_a_secret_is_found_and_not_told(kind) -> None:
    findings = found(f"Line one.\nUse {SECRETS[kind]} here.")
    assert [finding.code for finding in findings] == ["secret"]
    assert findings[0].place.line == 2
    assert SECRETS[kind][-10:] not in str(findings[0].as_dict())


@pytest.mark.parametrize("kind", PERSONAL)
def test_personal_data_is_found_and_not_told(kind) -> None:
    findings = found(PERSONAL[kind])
    assert [finding.code for finding in findings] == ["personal-data"]
    assert PERSONAL[kind].split()[-1] not in str(findings[0].as_dict())


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_resembles_it_is_not_found(text) -> None:
    assert found(text) == []


def test_a_long_random_text_is_told_apart_from_a_secret() -> None:
    text = "See " + "hQ7vK2pLx9ZtR4mWb8NcY3dFg6JsA1eU5oXi" + " here"
    assert [finding.code for finding in found(text)] == ["entropy"]


@pytest.mark.parametrize("field", ["config", "tools", "variables"])
def test_a_secret_deep_in_json_is_found_by_its_key(field) -> None:
    findings = find_sensitive({field: {"a": [{"api_key": HEAD + BODY}]}})
    assert [(each.code, each.place.field) for each in findings] == [("secret", field)]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "eyJ-" * 250_000,
        "sk-ant- " * 120_000,
        "://a:" * 200_000,
        "4 " * 500_000,
        "token: " * 140_000,
    ],
    ids=["letters", "tokens", "keys", "addresses", "digits", "words"],
)
def test_a_megabyte_is_read_in_time(text) -> None:
    start = time.process_time()
    found(text)
    assert time.process_time() - start < 10


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def test_real_prompts_hold_no_secret(samples) -> None:
    folder = samples / "prompts" if samples else SMALL
    csv.field_size_limit(10_000_000)
    rows = []
    for path in sorted(folder.glob("*.csv")):
        rows += list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    for path in sorted(folder.glob("*.jsonl")):
        rows += [json.loads(line) for line in path.open(encoding="utf-8")]
    codes = [each.code for text in set(_texts(rows)) for each in found(text)]
    assert len(rows) > (100 if samples else 30)
    assert [code for code in codes if code != "personal-data"] == []
    assert len(codes) <= 5
