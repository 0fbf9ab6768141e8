"""What the widgets have in common in which something is written row by row."""

from typing import Any, ClassVar

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class RowTable(forms.Widget):
    """A table of rows as typed, with some empty ones behind them."""

    blank: ClassVar[Any]
    """An empty row."""
    blanks: ClassVar[int]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """With the portal's own templates; forms would look for it among Django's."""
        return render_to_string(str(self.template_name), self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [*(value or []), *[self.blank] * self.blanks]
        context["lines"] = [self.line(name, place, row) for place, row in enumerate(rows)]
        return context

    def line(self, name: str, place: int, row: Any) -> dict[str, str]:
        """The inputs of one row as HTML, by the part of it that they are for."""
        raise NotImplementedError

    @staticmethod
    def told(name: str, place: int, part: str, label: str, **attrs: Any) -> dict[str, Any]:
        """The attributes of an input; ``label`` is what a reader of screens says after the row's number."""
        return {"id": f"id_{name}_{place}_{part}", "aria-label": f"Row {place + 1}: {label}", **attrs}
