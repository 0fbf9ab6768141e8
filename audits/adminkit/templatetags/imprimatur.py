"""Tags and filters of the components: they place prepared values and escape every one of them."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audits.adminkit import wording
from audits.adminkit.marking import marked as mark

register = template.Library()

STATES = {
    "draft": ("draft", "draft", "Draft"),
    "awaiting approval": ("awaiting", "awaiting", "Awaiting approval"),
    "approved": ("approved", "pass", "Approved"),
    "released": ("released", "released", "Released"),
    "superseded": ("superseded", "released", "Superseded"),
    "retired": ("retired", "box", "Retired"),
    "frozen": ("frozen", "frozen", "Frozen"),
    "inherited": ("awaiting", "warn", "Inherited"),
    "stopped": ("stopped", "stopped", "Stopped"),
    "withdrawn": ("superseded", "restore", "Withdrawn"),
    "changes requested": ("awaiting", "restore", "Changes requested"),
    "rejected": ("stopped", "stopped", "Rejected"),
    "open": ("awaiting", "awaiting", "Open"),
    "archived": ("draft", "box", "Archived"),
}
"""Each state: the class of its colour, its icon, its word."""


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """One icon of the sprite; it says nothing to a screen reader, the word beside it does."""
    return format_html('<svg class="i {}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)


@register.simple_tag
def badge(state: str, version: Any = None) -> SafeString:
    """The badge of a state: colour, icon and word, and the version that it is about."""
    key = str(state).replace("_", " ").lower()
    css, picture, word = STATES.get(key, ("draft", "open", str(state).capitalize()))
    number = getattr(version, "number", version)
    about = f", v{number}" if number else ""
    return format_html('<span class="badge {}">{}{}{}</span>', css, icon(picture), word, about)


@register.simple_tag
def digest(value: str, what: str = "SHA-256") -> SafeString:
    """A digest's first eight characters; the whole one in the title and, on a click, in the clipboard."""
    text = str(value or "")
    if not text or not all(letter in "0123456789abcdef" for letter in text):
        return format_html('<span class="digest">{}</span>', "no digest")
    return format_html(
        '<button type="button" class="digest" data-digest="{}" title="{} {}">{}{}\u2009{}</button>',
        text,
        what,
        text,
        icon("hash"),
        text[:4],
        text[4:8],
    )


def _time(moment: datetime | None, words: str) -> SafeString:
    if moment is None:
        return format_html("{}", "never")
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        wording.exact(local),
        words,
    )


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """``4 days ago``, with the exact time on hover."""
    return _time(moment, wording.relative(moment, timezone.now()) if moment else "")


@register.simple_tag
def lasting(moment: datetime | None) -> SafeString:
    """``4 days``: how long it has been so, with the exact beginning on hover."""
    return _time(moment, wording.span((timezone.now() - moment).total_seconds()) if moment else "")


@register.simple_tag
def exactly(moment: datetime | None) -> SafeString:
    """The exact time with its zone, as signatures and the audit trail tell it."""
    return _time(moment, wording.exact(timezone.localtime(moment)) if moment else "")


@register.filter
def marked(text: str | None) -> SafeString:
    """Prompt text, escaped, its variables and fragments marked."""
    return mark(str(text or ""))


@register.filter
def pathname(name: str) -> SafeString:
    """A prompt's name with its folders set back."""
    folder, slash, leaf = str(name).rpartition("/")
    return format_html('<span class="dir">{}{}</span>{}', folder, slash, leaf)


@register.filter
def role_title(slug: str) -> str:
    """A role's slug as words: ``ethics officer``."""
    return str(slug).replace("-", " ")


@register.inclusion_tag("components/meter.html")
def meter(done: int, total: int, what: str = "") -> dict[str, Any]:
    """A bar with ``9 of 11`` told beside it; ``what`` names what is counted."""
    share = 100 * done / total if total else 0
    return {
        "done": done,
        "total": total,
        "what": what,
        "width": f"{share:.1f}",
        "full": total and done >= total,
    }
