"""Small helps for the pages' templates: links that keep the filters, shares in percent, marked finds."""

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audits.adminkit import wording
from portal.selectors.prompt_filters import Filters
from prompts.evaluations import assertion_kinds
from prompts.evaluations.models import Run
from prompts.registry.attachments import IMAGE, is_data, written

register = template.Library()
MARKED = re.compile("\x02(.*?)\x03", re.DOTALL)


@register.simple_tag
def filter_link(filters: Filters, **changes: str) -> str:
    """The list's address with some filters changed."""
    return filters.link(**changes)


@register.filter
def found(excerpt: str) -> SafeString:
    """An excerpt of a search whose hits stand between STX and ETX: escaped, with the hits marked."""
    parts = MARKED.split(excerpt)
    marked = [("<mark>", part, "</mark>") if at % 2 else ("", part, "") for at, part in enumerate(parts)]
    return format_html_join("", "{}{}{}", ((SafeString(a), text, SafeString(b)) for a, text, b in marked))


@register.filter
def lines_of(attachments: Any) -> str:
    """Images and files of a message as people type them, one to a line."""
    return "\n".join(written(attachments or []))


@register.filter
def is_picture(attachment: dict[str, str]) -> bool:
    """Whether it is an image that lies in the version itself: one on the web is not fetched to be shown."""
    return attachment["type"] == IMAGE and is_data(attachment)


@register.filter
def percent(share: Any, digits: int = 1) -> str:
    """A share between 0 and 1 as ``94.7 %`` with a narrow gap; a missing one as ``none``."""
    return "none" if share is None else f"{Decimal(str(share)) * 100:.{digits}f}\u00a0%"


@register.filter
def in_zone(moment: datetime, zone: str) -> str:
    """``3 Mar 2026, 09:00`` as clocks in the time zone of that IANA name show it."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


@register.filter
def permille(told: int) -> str:
    """Per mille as whole percent, rounded down: only what is wholly alike is 100 %."""
    return f"{told // 10}\u00a0%"


@register.filter
def money(amount: Any) -> str:
    """An amount in US dollars, with as many digits as a small price needs."""
    value = Decimal(str(amount or 0))
    return f"{value:.2f}" if value == 0 or value >= Decimal("0.01") else f"{value:.6f}".rstrip("0")


@register.filter
def cost(run: Run) -> str:
    """What a run cost, in USD; recorded answers cost nothing, others without a price an unknown sum."""
    if run.cost is not None:
        return f"{money(run.cost)}\u00a0USD"
    asked = run.done and any(one.get("kind") != "recorded" for one in run.providers)
    return "unknown" if asked else "none"


@register.filter
def lasted(milliseconds: Any) -> str:
    """A latency in ``ms``, from a second on in ``s``."""
    return wording.lasted(milliseconds)


@register.filter
def seconds(length: Any) -> str:
    """How long a run took, given in seconds."""
    return wording.lasted(None if length is None else Decimal(str(length)) * 1000)


@register.filter
def looked(seconds: int) -> str:
    """How long somebody looked, in whole seconds: ``48 s``, ``3 min 12 s``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}\u00a0min {rest}\u00a0s" if minutes else f"{rest}\u00a0s"


@register.filter
def signed(number: Any) -> str:
    """A change with its sign, a true minus, and one decimal: ``+3.8``."""
    value = f"{Decimal(str(number)):+.1f}"
    return value.replace("-", "\u2212")


@register.filter
def versioned(label: Any) -> str:
    """``high risk@2`` as ``high risk, version 2``."""
    name, at_sign, number = str(label).rpartition("@")
    return f"{name}, version {number}" if at_sign and number.isdigit() else str(label)


@register.filter
def listed(value: Any) -> str:
    """The expected value of an assertion for people: a list as words, a mapping as ``max 120``."""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return "" if value is None else str(value)


@register.filter
def said(assertion: dict[str, Any]) -> str:
    """An assertion in a few plain words."""
    return assertion_kinds.said(assertion)


@register.filter
def pretty(value: Any) -> str:
    """A stored JSON value as indented text; the template escapes it."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key) if mapping else None
