"""The form field in which assertions are written row by row."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from audits.identity.errors import Unacceptable
from prompts.evaluations.admin.row_table import RowTable
from prompts.evaluations.assertion_kinds import KINDS
from prompts.evaluations.assertion_rows import Row, assertion_of

MOST_ROWS = 200
CHOICES = [
    ("", "—"),
    *((group, [(name, kind.label) for name, kind in kinds.items()]) for group, kinds in KINDS.items()),
]


class RowsWidget(RowTable):
    """A table: whether it must hold or must not, what, compared with what, and the numbers."""

    template_name = "admin/parts/assertion_rows.html"
    blank, blanks = Row(), 3

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["kinds"] = [
            (group, [kind for kind in kinds.values() if kind.hint or kind.threshold])
            for group, kinds in KINDS.items()
        ]
        return context

    def line(self, name: str, place: int, row: Row) -> dict[str, str]:
        told = partial(self.told, name, place)
        text = UnfoldAdminTextInputWidget()
        size = {"rows": min(max(row.value.count("\n") + 1, 1), 8)}
        return {
            "turned": UnfoldAdminSelectWidget(choices=[("", "Yes"), ("not", "No")]).render(
                f"{name}-turned", "not" if row.turned else "", told("turned", "must it hold?")
            ),
            "kind": UnfoldAdminSelectWidget(choices=CHOICES).render(
                f"{name}-kind", row.kind, told("kind", "what must hold")
            ),
            "value": UnfoldAdminTextareaWidget().render(
                f"{name}-value", row.value, told("value", "compared with", **size)
            ),
            "threshold": text.render(f"{name}-threshold", row.threshold, told("threshold", "limit")),
            "weight": text.render(f"{name}-weight", row.weight, told("weight", "weight")),
            "metric": text.render(f"{name}-metric", row.metric, told("metric", "metric")),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        parts = ("kind", "value", "turned", "threshold", "weight", "metric")
        columns = [data.getlist(f"{name}-{part}") if hasattr(data, "getlist") else [] for part in parts]
        rows = zip(*columns, strict=False)
        return [
            Row(kind, value, turned == "not", threshold, weight, metric)
            for kind, value, turned, threshold, weight, metric in rows
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-kind" not in data


class RowsField(forms.Field):
    """Rows in, assertions out; empty rows are passed over."""

    widget = RowsWidget
    default_error_messages: ClassVar[dict[str, Any]] = {"many": f"There are more than {MOST_ROWS} rows."}

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        rows = [row for row in value or [] if not row.is_empty()]
        if len(rows) > MOST_ROWS:
            raise ValidationError(self.error_messages["many"], code="many")
        try:
            return [assertion_of(row, place) for place, row in enumerate(rows, start=1)]
        except Unacceptable as error:
            raise ValidationError(error.message) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [row for row in data or [] if not row.is_empty()] != list(initial or [])
