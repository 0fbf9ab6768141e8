"""Words and numbers in YAML are read as version 1.2 has them: https://yaml.org/spec/1.2.2/#103-core-schema."""

import math

import pytest

from prompts.registry.library.yaml_texts import load_yaml, plain_json


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"), ("no", "no"), ("No", "No"), ("on", "on"), ("OFF", "OFF"), ("y", "y"),
        ("12:30", "12:30"), ("1:30:00", "1:30:00"), ("true", True), ("FALSE", False), ("null", None),
        ("~", None), ("", None),
        ("012", 12), ("0o17", 15), ("0x1F", 31), ("0b101", 5), ("-7", -7), ("+3", 3), ("-0x10", -16),
        ("1_000", 1000), ("08", 8), ("1e3", 1000.0), ("-1.5E-2", -0.015), (".5", 0.5), ("1.", 1.0),
        ("1.2.3", "1.2.3"),        ("-", [None]), ("+", "+"), (".", "."), ("1e", "1e"), ("0xg", "0xg"),
        ("-.inf", -math.inf), ("'no'", "no"),
    ],
)  # fmt: skip
def test_a_word_is_read_as_in_yaml_1_2(written, meant):
    found = load_yaml(written)
    assert (found, type(found)) == (meant, type(meant))


def test_keys_are_texts_as_json_has_them():
    assert plain_json(load_yaml("{true: 1, ~: 2, no: 3, 4: 5}")) == {"true": 1, "null": 2, "no": 3, "4": 5}


@pytest.mark.parametrize(
    "text", ["!!python/object/apply:os.system [ls]", "!!int x", "0b: !!int ''", "a: !!float b"]
)
def test_what_is_no_value_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        load_yaml(text)
