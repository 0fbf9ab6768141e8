"""The one way to ask on which objects somebody has a right, and who has one: guardian's rows, read plainly.

guardian's own shortcut answers for deactivated users, for rights on the whole model and for anonymous
visitors as if each object had been granted. Here the first and last get nothing, and only grants on the
object count. Superusers get no more than others: reading everything is a matter of roles. Written as SQL,
since every list and every page asks it many times and Django takes milliseconds to write guardian's query.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models.lookups import Lookup
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

from audits.identity.models import User


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of objects as a query with its values; one may come twice.

    ``asked`` of each row in turn, a database does not begin with them: for whoever may see most rows.
    """

    query: str
    values: tuple[Any, ...]
    asked: bool = False


class Among(Lookup):
    """``Among(F("collection_id"), Keys(…))``: the column holds one of the keys."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        key, values = self.process_lhs(compiler, connection)
        # SQLite asks no index about a column with a plus.
        return f"{'+' * self.rhs.asked}{key} IN ({self.rhs.query})", [*values, *self.rhs.values]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """As an array that is read first, so that an index can be asked for its keys."""
        key, values = self.process_lhs(compiler, connection)
        return f"{key} = ANY (ARRAY({self.rhs.query}))", [*values, *self.rhs.values]


def held(user: Any, permission: str, model: type[Model], key: str = "pk", *, asked: bool = False) -> Q:
    """Rows whose ``key`` is that of an object on which the user, or a group of his, holds ``permission``."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Q(pk__in=())
    of_user = (user.pk, model._meta.app_label, model._meta.model_name, permission)
    return Q(Among(F(key), Keys(_granted(model), of_user * 2, asked)))


@cache
def _granted(model: type[Model]) -> str:
    permission = (
        "SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id "
        "WHERE t.app_label = %s AND t.model = %s AND p.codename = %s"
    )
    of: Any = model  # guardian's hints know instances only
    by_person = get_user_obj_perms_model(of)._meta.db_table
    by_team = get_group_obj_perms_model(of)._meta.db_table
    membership = User.groups.through._meta.db_table
    return (
        f"SELECT g.content_object_id FROM {by_person} g "  # noqa: S608  names of tables only
        f"WHERE g.user_id = %s AND g.permission_id = ({permission}) "
        f"UNION ALL SELECT g.content_object_id FROM {by_team} g "
        f"JOIN {membership} m ON m.group_id = g.group_id "
        f"WHERE m.user_id = %s AND g.permission_id = ({permission})"
    )


def holders(permission: str, queryset: QuerySet[Any]) -> set[tuple[int, int]]:
    """``held`` the other way round: (key of the row, key of a user) for everybody who holds it.

    Two queries for any number of rows; whether a user is active, the caller asks.
    """
    on = {"permission__codename": permission, "content_object__in": queryset.values("pk")}
    row: Any = queryset.model  # guardian takes a class as well
    single = get_user_obj_perms_model(row)._base_manager.filter(**on)
    by_group = get_group_obj_perms_model(row)._base_manager.filter(**on, group__user__isnull=False)
    pairs = [
        *single.values_list("content_object", "user"),
        *by_group.values_list("content_object", "group__user"),
    ]
    return set(pairs)
