"""Keys in addresses and forms: what is none leads nowhere, and choices show no more than the lists do."""

from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter
from django.http import HttpRequest


def is_key(text: str) -> bool:
    """Whether a text can be the key of a row: a whole number that every database takes."""
    return text.isascii() and text.isdigit() and len(text) < 19


class SeenOnly(RelatedFieldListFilter):
    """A filter by a link that offers only rows which the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        other = model_admin.admin_site._registry[field.remote_field.model]
        return [(row.pk, str(row)) for row in other.get_queryset(request).order_by("pk")]


class KeysOnly:
    """For widgets that look up what was sent in order to show it again: what is no key has no row."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """The stock groups, of keys alone."""
        keys = [one for one in value if not one or is_key(str(one))]
        return super().optgroups(name, keys, attr)  # type: ignore[misc]
