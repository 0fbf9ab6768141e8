"""The canonical document of a version and its digest (RFC 8785, SHA-256). Pure.

Text is taken as it is. A number with a fraction becomes its shortest decimal as a string
(``0.7`` → ``"0.7"``), so that the same document gives the same bytes in every language.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from audits.ledger.canonical import canonical_json, sha256_hex

SCHEMA = 1


class Document(Protocol):
    """What of a version goes into its document."""

    format: str
    messages: Any
    variables: Any
    model_settings: Any
    tools: Any
    output_schema: Any
    config: Any


def decimals_as_strings(value: Any) -> Any:
    """The same JSON with every number that has a fraction as a decimal string without exponent."""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, Mapping):
        return {key: decimals_as_strings(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [decimals_as_strings(item) for item in value]
    return value


def canonical_document(version: Document, *, kind: str, fragments: list[dict[str, Any]]) -> bytes:
    """The bytes that are signed, tested and released.

    ``fragments`` are the pins ``{"name", "version", "digest"}``, sorted by name. Raises ``NotCanonical``.
    """
    return canonical_json(
        {
            "schema": SCHEMA,
            "kind": kind,
            "format": version.format,
            "messages": version.messages,
            "variables": decimals_as_strings(version.variables),
            "settings": decimals_as_strings(version.model_settings),
            "tools": decimals_as_strings(version.tools),
            "output_schema": decimals_as_strings(version.output_schema),
            "config": decimals_as_strings(version.config),
            "fragments": sorted(fragments, key=lambda pin: str(pin["name"])),
        }
    )


def digest_of(document: bytes) -> str:
    """The SHA-256 of a canonical document in lower-case hexadecimal."""
    return sha256_hex(document)
