"""The base of every admin class: policies decide, services write, nobody deletes, history is read only.

What the stock combination of admin, history and object permissions leaves open is shut here, once:

- rights are asked of a policy with the object in hand, and rows are narrowed by the same rule;
- saving calls a verb with the form's cleaned data, never ``Model.save``;
- the history's form, which would write past the change permission, answers to GET and HEAD alone;
- there is no deleting, no import and export, no stock page for object permissions.
"""

from typing import Any, ClassVar, Protocol

from django import forms
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.admin.widgets import AutocompleteMixin, RelatedFieldWidgetWrapper
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin

from audits.adminkit.lookups import KeysOnly, is_key

ROWS = 4
"""A text field of configuration starts low; whoever writes more pulls it down."""


class Policy(Protocol):
    """What is asked of a policy."""

    def __init__(self, actor: Any) -> None: ...
    def may(self, verb: str, obj: Any = None) -> bool: ...


class ShapeForm(forms.ModelForm):
    """Checks the shape of what was typed; whether it may be, such as a taken name, the service says."""

    def validate_unique(self) -> None:
        """Left to the service, whose words are for people."""

    def _post_clean(self) -> None:
        """Leaves out the database's constraints, whose names mean nothing to people."""
        self.instance.validate_constraints = lambda exclude=None: None
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del self.instance.validate_constraints


class GovernedAdmin(SimpleHistoryAdmin, ModelAdmin):
    """Subclasses give ``policy``, the verbs to ask it, ``narrow``, and services as ``create`` and ``change``.

    ``view_roles`` may see all rows; ``narrow`` may let others see some. ``errors`` are the expected failures
    of services (with ``message`` and ``field``), shown beside the form that was sent. ``one`` and ``many``
    are what people call the rows, where that differs from the model's name; ``labels`` and ``helps`` are
    what people call the fields, and a sentence on what to write there.
    """

    policy: ClassVar[type[Policy]]
    errors: ClassVar[tuple[type[Exception], ...]] = ()
    view_roles: ClassVar[frozenset[str]] = frozenset()
    add_verb = change_verb = "configure"
    one = many = ""
    labels: ClassVar[dict[str, str]] = {}
    helps: ClassVar[dict[str, str]] = {}
    form = ShapeForm
    actions = None
    show_full_result_count = False
    list_per_page = 50
    compressed_fields = False
    history_list_per_page = 50

    # --- who may ---------------------------------------------------------------------------------
    def narrow(self, actor: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the actor may see."""
        return rows if actor.has_role(*self.view_roles) else rows.none()

    def may(self, request: HttpRequest, verb: str | None, obj: Model | None = None) -> bool:
        """Whether the policy lets the actor of this request; a verb of None is never let."""
        actor = getattr(request, "actor", None)
        return bool(actor and verb and self.policy(actor).may(verb, obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        actor = getattr(request, "actor", None)
        rows = super().get_queryset(request)
        return self.narrow(actor, rows) if actor and actor.is_active else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is not None:
            return self.get_queryset(request).filter(pk=obj.pk).exists()
        actor = getattr(request, "actor", None)
        return bool(actor and actor.is_active and self.opens_list(actor))

    def opens_list(self, actor: Any) -> bool:
        """Whether the list is there for the actor at all, even if it shows few rows."""
        return bool(actor.has_role(*self.view_roles))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.add_verb)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None or not self.has_view_permission(request, obj):
            return False
        return self.may(request, self.change_verb, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # --- writing ---------------------------------------------------------------------------------
    def create(self, actor: Any, data: dict[str, Any]) -> Model:
        """Calls the service that creates; gives back the new row."""
        raise NotImplementedError

    def change(self, actor: Any, obj: Any, data: dict[str, Any]) -> Model:
        """Calls the service that changes. ``obj`` carries the form's values and must not be saved."""
        raise NotImplementedError

    def save_inline(self, actor: Any, obj: Any, formset: Any) -> None:
        """Calls the services for the rows of one inline."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor, data = request.actor, form.cleaned_data  # type: ignore[attr-defined]
        if change:
            stored = self.model._base_manager.get(pk=obj.pk)
            saved = self.change(actor, stored, data)
        else:
            saved = self.create(actor, data)
        obj.__dict__.update(self.model._base_manager.get(pk=saved.pk).__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            if formset.has_changed():
                self.save_inline(request.actor, form.instance, formset)  # type: ignore[attr-defined]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The stock view; what a service refused is shown in the same form, with what was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RecursionError as error:  # JSON in a field that opens a hundred thousand brackets
            raise BadRequest("What was sent is nested too deeply.") from error
        except self.errors as error:
            if getattr(error, "status", 400) == 403:
                raise PermissionDenied(str(error)) from error
            request.refused = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Not there and not seen are the same answer."""
        raise Http404

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        shape = getattr(self.form, "Meta", None)
        words = {
            "labels": {**(getattr(shape, "labels", None) or {}), **self.labels},
            "help_texts": {**(getattr(shape, "help_texts", None) or {}), **self.helps},
        }
        form = super().get_form(request, obj, change=change, **{**words, **kwargs})
        error = getattr(request, "refused", None)
        return form if error is None else type(form.__name__, (RefusedMixin, form), {"refusal": error})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return super().get_object(request, object_id, from_field) if is_key(object_id) else None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The stock view, which would stumble over what is no key."""
        if not is_key(unquote(object_id)):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address suggests for a new row; a link must be led by a key."""
        given = super().get_changeform_initial_data(request)
        links = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {name: value for name, value in given.items() if name not in links or is_key(str(value))}

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what a filter offers: the stock rule lets any column be guessed, even a password's hash."""
        offered = {row[0] if isinstance(row, tuple) else row for row in self.list_filter}
        return lookup.partition("__")[0] in offered

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The ledger is the record."""

    log_change = log_addition

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        """None: the stock one asks formsets what they saved, and here services save."""
        return []

    # --- history ---------------------------------------------------------------------------------
    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """One old state, as text: there is no form, so there is nothing to send."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied("The history is read only.")
        record = self.model.history.filter(pk=version_id if version_id.isdigit() else 0).first()
        if record is None or str(getattr(record, self.opts.pk.attname)) != unquote(object_id):
            raise Http404
        if not self.has_view_permission(request, record.instance):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"{record.history_object}, as it was",
            "opts": self.opts,
            "many": self.many,
            "original": record.history_object,
            "record": record,
            "fields": told_fields(record),
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[object_id]),
            **(extra_context or {}),
        }
        return render(request, "admin/history_entry.html", context)

    def has_change_history_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    # --- what the pages say --------------------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if ERROR_FLAG in request.GET and len(request.GET) > 1:
            return redirect(f"{request.path}?{ERROR_FLAG}=1")  # the stock answer is a bare page of its own
        title = str(self.many or self.opts.verbose_name_plural).capitalize()
        called = {"title": title, "one": self.one or self.opts.verbose_name, "many": self.many}
        return super().changelist_view(request, {**called, **(extra_context or {})})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """One button saves; the page is called by what it is about."""
        context["one"], context["many"] = self.one, self.many
        context["title"] = str(obj) if obj is not None else f"New {self.one or self.opts.verbose_name}"
        context["show_save_and_add_another"] = context["show_save_and_continue"] = False
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )

    # --- choices ---------------------------------------------------------------------------------
    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers only rows that the person may see, where the other model has a governed admin."""
        other = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(other, GovernedAdmin) and "queryset" not in kwargs:
            kwargs["queryset"] = other.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, forms.Textarea) and "widget" not in kwargs:
            field.widget.attrs["rows"] = ROWS
        return self.without_shortcuts(field)

    @staticmethod
    def without_shortcuts(field: Any) -> Any:
        """The field without the doors to add, change or delete what it chooses from."""
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_delete_related = field.widget.can_view_related = False
            inner = field.widget.widget
            if isinstance(inner, AutocompleteMixin) and not isinstance(inner, KeysOnly):
                inner.__class__ = type(f"Safe{type(inner).__name__}", (KeysOnly, type(inner)), {})
        return field


def told_fields(record: Any) -> list[tuple[str, str]]:
    """Name and value of every field that the history row keeps; what a link led to may be gone since."""
    rows = []
    for field in record.tracked_fields:
        try:
            value = getattr(record, field.name)
        except ObjectDoesNotExist:
            value = getattr(record, field.attname)
        rows.append((str(field.verbose_name), "" if value is None else str(value)))
    return rows


class RefusedMixin(forms.Form):
    """A form that was sent and whose service said no: it is invalid, for that reason."""

    refusal: Any

    def clean(self) -> Any:
        data = super().clean()
        field = getattr(self.refusal, "field", "")
        self.add_error(field if field in self.fields else None, str(self.refusal))
        return data
