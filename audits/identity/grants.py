"""The one way to ask guardian which objects somebody has a right on, and who has a right on objects."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from guardian.shortcuts import get_objects_for_user
from guardian.utils import get_group_obj_perms_model, get_user_obj_perms_model

M = TypeVar("M", bound=Model)


def granted(user: Any, permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows of ``queryset`` on which the user, or one of his groups, holds ``permission`` (a codename).

    guardian's own shortcut answers for deactivated users, for rights on the whole model and for anonymous
    visitors as if each object had been granted; here the first and last get nothing, and only grants on the
    object count. Superusers get no more than others: reading everything is a matter of roles.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return queryset.none()
    return get_objects_for_user(
        user, permission, klass=queryset, accept_global_perms=False, with_superuser=False, any_perm=False
    )


def holders(permission: str, queryset: QuerySet[M]) -> set[tuple[int, int]]:
    """``granted`` the other way round: (key of the row, key of a user) for everybody who holds it.

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
