"""Cases: what is asked, and what the answer must be like. Taken out of use, never deleted."""

import json
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.fields import InvalidJSONInput
from django.http import HttpResponse
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from audits.adminkit.governed import ShapeForm
from audits.adminkit.lookups import SeenOnly
from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from prompts.evaluations.admin.assertion_form import RowsField
from prompts.evaluations.admin.suites import OfSuites
from prompts.evaluations.admin.variable_form import VariablesField
from prompts.evaluations.assertion_rows import split
from prompts.evaluations.models import Case, Suite
from prompts.evaluations.services.cases import delete_case, save_case
from prompts.evaluations.variable_rows import Row
from prompts.evaluations.variable_rows import split as split_variables

CODE = {"class": "mono", "spellcheck": "false"}
JSON = ("vars", "assertions")


class IndentedJSON(forms.JSONField):
    """JSON with a line for each variable, or for each entry of a list."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "This is no JSON: look for a missing quotation mark, comma or bracket."
    }

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, InvalidJSONInput | str):
            return value
        if isinstance(value, list) and value:
            lines = ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in value)
            return f"[\n{lines}\n]"
        return json.dumps(value, indent=2, ensure_ascii=False)


class CaseForm(ShapeForm):
    """Variables and assertions in rows, what no row can say as JSON, tags as words."""

    texts = VariablesField(
        label="Values of the variables",
        required=False,
        help_text="One variable of the prompt in each row; an empty row is passed over. Saving gives two "
        "more rows.",
    )
    rows = RowsField(
        label="What must hold of the answer",
        required=False,
        help_text="One assertion in each row; an empty row is passed over. Saving gives three more rows. "
        "{{ name }} stands for the value of a variable.",
    )

    labels = forms.CharField(
        label="Tags",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Words, separated by commas.",
    )

    class Meta:
        model = Case
        fields = (
            "suite",
            "name",
            "description",
            "vars",
            "assertions",
            "threshold",
            "weight",
            "is_active",
        )
        widgets = {
            "vars": UnfoldAdminTextareaWidget(attrs={"rows": 6, "class": "mono", "spellcheck": "false"}),
            "assertions": UnfoldAdminTextareaWidget(
                attrs={"rows": 8, "class": "mono", "spellcheck": "false"}
            ),
        }
        field_classes = {"vars": IndentedJSON, "assertions": IndentedJSON}
        labels = {
            "description": "What it is about",
            "vars": "Further variables",
            "assertions": "Further assertions",
            "threshold": "Share that is enough",
            "is_active": "In use",
        }
        help_texts = {
            "name": "In a few words, once in the suite; it never changes.",
            "vars": 'A JSON object of values that are no text, such as {"amount": 1200}; mostly empty.',
            "assertions": "A JSON list of what no row above can say, such as sets; mostly empty.",
            "weight": "A case of weight 2 counts twice in the pass rate.",
            "threshold": "0 to 1: the weighted mean that passes. Empty: every assertion must hold.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "rows" in self.fields and "assertions" in self.fields:
            rows, rest = split(self.instance.assertions or [])
            self.initial = {**self.initial, "rows": rows, "assertions": rest}
        if "texts" in self.fields and "vars" in self.fields:
            texts, others = split_variables(self.instance.vars or {})
            self.initial = {**self.initial, "texts": texts or self._names(), "vars": others}
        for name in ("vars", "assertions"):
            if name in self.fields:
                lines = self.fields[name].prepare_value(self.initial.get(name)).count("\n") + 2
                self.fields[name].widget.attrs["rows"] = min(max(lines, 3), 24)
        if self.instance.pk and "weight" in self.fields:
            self.initial["weight"] = f"{self.instance.weight.normalize():f}"
        if "labels" in self.fields:
            self.fields["labels"].initial = ", ".join(self.instance.tags or [])

    def _names(self) -> list[Row]:
        """Of a new case the variables that the newest case of its suite has, to be filled in."""
        suite = str(self.initial.get("suite") or "")
        if self.instance.pk or "suite" not in self.fields or not suite.isdecimal():
            return []
        seen = cast(forms.ModelChoiceField, self.fields["suite"]).queryset
        if seen is None:
            return []
        newest = Case.objects.filter(suite__in=seen.filter(pk=suite), is_active=True).order_by("-pk").first()
        return [Row(row.name) for row in split_variables(newest.vars)[0]] if newest else []

    def clean(self) -> dict[str, Any]:
        """A variable stands in a row or in the JSON, not in both."""
        data: dict[str, Any] = super().clean() or {}
        if twice := sorted((data.get("texts") or {}).keys() & (data.get("vars") or {}).keys()):
            self.add_error("vars", f"{twice[0][:60]} stands in a row above already.")
        return data


@admin.register(Case)
class CaseAdmin(OfSuites):
    """The cases of the suites that are seen."""

    form = CaseForm
    list_display = ("name", "suite", "about", "weighs", "is_active")
    list_select_related = ("suite",)
    list_filter = ("is_active", ("suite", SeenOnly))
    search_fields = ("name", "description", "suite__name")
    ordering = ("suite__name", "position", "pk")
    autocomplete_fields = ("suite",)
    change_form_outer_after_template = "admin/parts/case_help.html"

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(suite__in=Suite.objects.visible_to(actor).values("pk"))

    def may(self, request: Any, verb: str | None, obj: Any = None) -> bool:
        return super().may(request, verb, obj.suite if obj is not None else None)

    def get_fields(self, request: Any, obj: Case | None = None) -> tuple[str, ...]:
        if obj is not None and not self.has_change_permission(request, obj):
            read = ("suite", "name", "description", "vars", "assertions", "threshold", "weight")
            return (*read, "tags", "is_active")
        fields = (
            "suite",
            "name",
            "description",
            "texts",
            "vars",
            "rows",
            "assertions",
            "threshold",
            "weight",
            "labels",
        )
        return (*fields, "is_active") if obj else fields

    def get_fieldsets(self, request: Any, obj: Case | None = None) -> Any:
        """The JSON stands folded up behind the rest until there is some, or a fault in it."""
        fields = self.get_fields(request, obj)
        if "rows" not in fields:
            return super().get_fieldsets(request, obj)
        used = obj is not None and (split(obj.assertions or [])[1] or split_variables(obj.vars or {})[1])
        folded = {"fields": JSON, "classes": [] if used else ["collapse"]}
        rest = tuple(field for field in fields if field not in JSON)
        return [(None, {"fields": rest}), ("What no row can say", folded)]

    def get_readonly_fields(self, request: Any, obj: Case | None = None) -> tuple[str, ...]:
        return ("suite", "name", "tags") if obj else ()

    @admin.display(description="What it is about", ordering="description")
    def about(self, case: Case) -> str:
        """Its description."""
        return case.description

    @admin.display(description="Weight", ordering="weight")
    def weighs(self, case: Case) -> str:
        """Without trailing zeros."""
        return f"{case.weight.normalize():f}"

    def response_post_save_add(self, request: Any, obj: Case) -> HttpResponse:
        """Back to the suite: that is where cases are read, and where the next one is written."""
        return redirect("admin:evaluations_suite_change", obj.suite_id)

    response_post_save_change = response_post_save_add

    def create(self, actor: Actor, data: dict[str, Any]) -> Case:
        if Case.objects.filter(suite=data["suite"], name=data["name"], is_active=True).exists():
            raise Unacceptable("The suite has a case of that name.", field="name")
        return self._save(actor, data["suite"].pk, data["name"], data)

    def change(self, actor: Actor, obj: Case, data: dict[str, Any]) -> Case:
        if obj.is_active and not data["is_active"]:
            return delete_case(actor=actor, case_id=obj.pk)
        return self._save(actor, obj.suite_id, obj.name, data)

    @staticmethod
    def _save(actor: Actor, suite: int, name: str, data: dict[str, Any]) -> Case:
        try:
            return save_case(
                actor=actor,
                suite_id=suite,
                name=name,
                vars={**data["texts"], **(data["vars"] or {})},
                assertions=[*data["rows"], *(data["assertions"] or [])],
                threshold=data["threshold"],
                weight=data["weight"],
                tags=[word.strip() for word in data["labels"].split(",") if word.strip()],
                description=data["description"],
            )
        except Unacceptable as error:
            in_rows = error.field == "assertions" and not data["assertions"]
            raise Unacceptable(error.message, field="rows" if in_rows else error.field) from None
