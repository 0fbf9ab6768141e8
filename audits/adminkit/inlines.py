"""Rows inside another row's form: whoever may change the one may change the others, by services alone."""

from typing import Any, ClassVar

from django.db.models import Field
from django.http import HttpRequest
from unfold.admin import TabularInline

from audits.adminkit.governed import GovernedAdmin


class GovernedInline(TabularInline):
    """Asks the parent's admin for every right; the parent's ``save_inline`` calls the services."""

    extra = 0
    show_change_link = False
    labels: ClassVar[dict[str, str]] = {}

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """With the words that people use for the columns."""
        return super().get_formset(request, obj, **{"labels": self.labels, **kwargs})

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the shortcuts to add, change or delete what is chosen."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return self._parent().without_shortcuts(field)

    def _parent(self) -> GovernedAdmin:
        found = self.admin_site._registry[self.parent_model]
        assert isinstance(found, GovernedAdmin)  # noqa: S101  the site takes no other
        return found

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request, obj)
