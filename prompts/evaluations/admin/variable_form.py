"""The form field in which variables are written row by row."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from audits.identity.errors import Unacceptable
from prompts.evaluations.admin.row_table import RowTable
from prompts.evaluations.variable_rows import Row, texts_of

MOST_ROWS = 500


class VariablesWidget(RowTable):
    """A table of names and texts."""

    template_name = "admin/parts/case_variables.html"
    blank, blanks = Row(), 2

    def line(self, name: str, place: int, row: Row) -> dict[str, str]:
        told = partial(self.told, name, place)
        lines = row.value.count("\n") + len(row.value) // 80 + 1
        return {
            "name": UnfoldAdminTextInputWidget().render(
                f"{name}-name", row.name, told("name", "name of the variable", spellcheck="false")
            ),
            "value": UnfoldAdminTextareaWidget().render(
                f"{name}-value", row.value, told("value", "its value", rows=min(lines, 12))
            ),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        columns = [data.getlist(f"{name}-{part}") for part in ("name", "value")]
        return [Row(*pair) for pair in zip(*columns, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-name" not in data


class VariablesField(forms.Field):
    """Rows in, texts by name out; empty rows are passed over."""

    widget = VariablesWidget
    default_error_messages: ClassVar[dict[str, Any]] = {"many": f"There are more than {MOST_ROWS} rows."}

    def to_python(self, value: Any) -> dict[str, str]:
        if len(value or []) > MOST_ROWS:
            raise ValidationError(self.error_messages["many"], code="many")
        try:
            return texts_of(value or [])
        except Unacceptable as error:
            raise ValidationError(error.message) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [row for row in data or [] if not row.is_empty()] != list(initial or [])
