"""``is-xml``: the whole output is one well-formed XML document."""

from typing import Any
from xml.parsers import expat

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided


class _Refused(ValueError):
    """The document declares entities, which could grow without end."""


def element_paths(raw: str) -> set[str]:
    """Dotted paths of all elements; raises ``ValueError`` for ill-formed XML and for a DTD inside."""
    paths: set[str] = set()
    stack: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        stack.append(name)
        paths.add(".".join(stack))

    def doctype(name: str, system: str | None, public: str | None, has_internal: bool) -> None:
        if has_internal:
            raise _Refused("DTD internal subsets are not supported")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: stack.pop()
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(raw.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return paths


def _required(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    wanted = value.get("requiredElements", []) if isinstance(value, dict) else value
    if isinstance(wanted, str):
        wanted = [part.strip() for part in wanted.split(",")]
    if not isinstance(wanted, list) or not all(isinstance(path, str) for path in wanted):
        raise CannotGrade("needs a list as requiredElements")
    return wanted


def is_xml(asked: Asked) -> Graded:
    """Well-formed, and with all of ``requiredElements`` (dotted paths from the root)."""
    wanted = _required(asked.value)
    try:
        found = element_paths(asked.text)
    except ValueError as error:
        return decided(asked, False, f"be valid XML: {error}")
    missing = [path for path in wanted if path not in found]
    told = f"be XML with the elements {', '.join(wanted)}" if wanted else "be valid XML"
    return decided(asked, not missing, f"{told}. Missing: {', '.join(missing)}" if missing else told)
