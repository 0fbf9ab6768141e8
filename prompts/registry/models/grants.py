"""guardian's object permissions with real foreign keys: no casts, and they go with their object."""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from prompts.registry.models.collection import Collection
from prompts.registry.models.prompt import Prompt


class CollectionUserPermission(UserObjectPermissionBase):
    """A person's right on a collection."""

    content_object = models.ForeignKey(Collection, on_delete=models.CASCADE)


class CollectionGroupPermission(GroupObjectPermissionBase):
    """A team's right on a collection."""

    content_object = models.ForeignKey(Collection, on_delete=models.CASCADE)


class PromptUserPermission(UserObjectPermissionBase):
    """A person's right on one prompt."""

    content_object = models.ForeignKey(Prompt, on_delete=models.CASCADE)


class PromptGroupPermission(GroupObjectPermissionBase):
    """A team's right on one prompt."""

    content_object = models.ForeignKey(Prompt, on_delete=models.CASCADE)
