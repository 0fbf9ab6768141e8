"""Images and files that go with a message. Pure: nothing is ever fetched here.

Stored beside the text as ``[{"type": "image" | "file", "url", …}]``, in their order behind it; a message
without any is stored as before, so that its digest stays. Outside they are OpenAI's content parts, which
Langfuse's prompts use as well: ``[{"type": "text"}, {"type": "image_url"}, {"type": "file"}]``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from audits.identity.errors import Unacceptable

IMAGE, FILE = "image", "file"
MOST = 20
"""Images and files of one message."""
DETAILS = ("auto", "low", "high")
LONGEST_URL = 4_000
LONGEST_DATA = 700_000
"""Characters of a ``data:`` address; what is larger belongs behind an address."""

_DATA = {
    IMAGE: re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+"),
    FILE: re.compile(r"data:(?:application/pdf|text/[a-z.+-]+|application/json);base64,[A-Za-z0-9+/=]+"),
}
_WEB = re.compile(r"https?://[^\s\"'<>\x00-\x20]+")
_DATA_HEAD = re.compile(r"data:([\w.+-]+/[\w.+-]+);base64,")
_FIELDS = {IMAGE: {"type", "url", "detail"}, FILE: {"type", "url", "name"}}

Attachment = dict[str, str]


def check_attachments(value: object, field: str) -> list[Attachment]:
    """The attachments of a message; raises ``Unacceptable`` naming the one at fault."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST:
        raise Unacceptable(f"{field} is a list of 1 to {MOST} images and files.", field="messages")
    return [_check(each, f"{field}[{number}]") for number, each in enumerate(value)]


def _check(each: object, field: str) -> Attachment:
    kind = each.get("type") if isinstance(each, Mapping) else None
    if not isinstance(each, Mapping) or kind not in _FIELDS:
        raise Unacceptable(f"{field} needs the type image or file.", field="messages")
    if unknown := sorted(str(key)[:40] for key in each if key not in _FIELDS[kind]):
        raise Unacceptable(f"{field} may not have {unknown[0]!r}.", field="messages")
    if "detail" in each and each["detail"] not in DETAILS:
        raise Unacceptable(f"{field}.detail is one of {', '.join(DETAILS)}.", field="messages")
    name = each.get("name", "")
    if not isinstance(name, str) or len(name) > 200 or not name.isprintable():
        raise Unacceptable(f"{field}.name is a file's name of at most 200 characters.", field="messages")
    url = each.get("url")
    if not isinstance(url, str):
        raise Unacceptable(f"{field}.url is missing.", field="messages")
    if not is_template(url):
        require_address(kind, url, f"{field}.url")
    elif len(url) > LONGEST_URL or "\0" in url:
        raise Unacceptable(
            f"{field}.url has at most {LONGEST_URL:,} characters and no NUL.", field="messages"
        )
    return {str(key): str(told) for key, told in each.items() if told != ""}


def is_template(url: str) -> bool:
    """Whether the address is filled in later."""
    return "{{" in url or "{%" in url


def is_data(each: Attachment) -> bool:
    """Whether it holds its bytes itself, in one of the known types."""
    return _DATA[each["type"]].fullmatch(each["url"]) is not None


def require_address(kind: str, url: str, field: str) -> str:
    """An address on the web, or data of a known type; raises ``Unacceptable`` for everything else."""
    if len(url) <= LONGEST_URL and _WEB.fullmatch(url):
        return url
    if len(url) <= LONGEST_DATA and _DATA[kind].fullmatch(url):
        return url
    known = "PNG, JPEG, GIF or WebP" if kind == IMAGE else "PDF, text or JSON"
    raise Unacceptable(
        f"{field} is neither an address that begins with https:// nor data in base64 ({known}), "
        f"nor a variable such as {{{{photo}}}}.",
        field="messages",
    )


def templates_of(message: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a message that is filled in: its content and the addresses of what goes with it."""
    if content := message.get("content"):
        yield str(content)
    for each in message.get("attachments", ()):
        yield str(each.get("url", ""))


def outward(content: str, attachments: list[Attachment]) -> str | list[dict[str, Any]]:
    """A message's content as OpenAI and Langfuse write it: a text, or parts where something goes with it."""
    if not attachments:
        return content
    parts: list[dict[str, Any]] = [{"type": "text", "text": content}] if content else []
    return parts + [_part(each) for each in attachments]


def _part(each: Attachment) -> dict[str, Any]:
    if each["type"] == IMAGE:
        image = {key: each[key] for key in ("url", "detail") if key in each}
        return {"type": "image_url", "image_url": image}
    name = {"filename": each["name"]} if "name" in each else {}
    return {"type": "file", "file": {"file_data": each["url"], **name}}


def inward(content: object, field: str) -> tuple[str, list[Attachment]]:
    """Text and attachments from parts; raises ``Unacceptable`` for parts that would change their order."""
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list) or not content:
        raise Unacceptable(f"{field} is neither a text nor a list of parts.", field="messages")
    texts: list[str] = []
    found: list[Attachment] = []
    for number, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            if found:
                reason = f"{field}[{number}] is text behind an image or a file; text comes first here."
                raise Unacceptable(reason, field="messages")
            texts.append(part["text"])
        elif kind == "image_url" and isinstance(part.get("image_url"), dict):
            told = {key: part["image_url"][key] for key in ("url", "detail") if key in part["image_url"]}
            found.append({"type": IMAGE, **told})
        elif kind == "file" and isinstance(part.get("file"), dict):
            names = {"file_data": "url", "filename": "name"}
            told = {names[key]: value for key, value in part["file"].items() if key in names}
            found.append({"type": FILE, **told})
        else:
            raise Unacceptable(f"{field}[{number}] is neither text, image_url nor file.", field="messages")
    return "\n\n".join(texts), found


def for_anthropic(content: Any) -> Any:
    """Content parts in Anthropic's form; a text stays as it is."""
    return content if isinstance(content, str) else [_block(part) for part in content]


def _block(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "text":
        return dict(part)
    image = part["type"] == "image_url"
    url = part["image_url"]["url"] if image else part["file"]["file_data"]
    source: dict[str, str] = {"type": "url", "url": url}
    if head := _DATA_HEAD.match(url):
        source = {"type": "base64", "media_type": head[1], "data": url[head.end() :]}
    return {"type": "image" if image else "document", "source": source}


def written(attachments: list[Attachment]) -> list[str]:
    """One line for each, as people read and type them: ``image {{photo}}``, ``file https://… terms.pdf``."""
    lines = []
    for each in attachments:
        more = each.get("detail") or each.get("name") or ""
        lines.append(f"{each['type']} {each['url']} {more}".rstrip())
    return lines


def read_lines(text: str) -> list[Attachment]:
    """The reverse of ``written``; what is no such line is handed on as it is, for the check to refuse."""
    found: list[Attachment] = []
    for line in (line.strip() for line in text.splitlines() if line.strip()):
        kind, _, rest = line.partition(" ")
        url, more = _address(rest.strip())
        told = {"type": kind.lower(), "url": url}
        if more:
            told["detail" if told["type"] == IMAGE else "name"] = more
        found.append(told)
    return found


def _address(rest: str) -> tuple[str, str]:
    """The address, which may hold ``{{ a tag }}`` with spaces, and what follows it."""
    found = re.match(r"(?:\{\{.*?\}\}|\{%.*?%\}|[^\s{]|\{)+", rest)
    return (found[0], rest[found.end() :].strip()) if found else ("", "")
