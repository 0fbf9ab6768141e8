"""Small helps for the pages' templates: links that keep the filters, shares in percent, marked finds."""

import json
import re
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from portal.selectors.prompt_filters import Filters

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
def percent(share: Any, digits: int = 1) -> str:
    """A share between 0 and 1 as ``94.7 %`` with a narrow gap; a missing one as ``none``."""
    return "none" if share is None else f"{Decimal(str(share)) * 100:.{digits}f}\u00a0%"


@register.filter
def money(amount: Any) -> str:
    """An amount in US dollars, with as many digits as a small price needs."""
    value = Decimal(str(amount or 0))
    return f"{value:.2f}" if value == 0 or value >= Decimal("0.01") else f"{value:.6f}".rstrip("0")


@register.filter
def pretty(value: Any) -> str:
    """A stored JSON value as indented text; the template escapes it."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key) if mapping else None
