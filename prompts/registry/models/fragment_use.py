"""Which versions include which fragments: the index behind "used by"."""

from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models.version import Version


class FragmentUse(Recorded):
    """One fragment in one version. The truth is the version's text and its pins; the services keep this.

    Of a draft the fragments that its text names are here (``number`` only where it names a version); of a
    frozen version every pinned one, those inside of other fragments as well (``is_direct`` is false).
    ``label`` is the environment that the text names, if it names one.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="fragment_uses")
    name = models.CharField(max_length=255)
    number = models.PositiveIntegerField(null=True, blank=True)
    label = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    is_direct = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="registry_use_once")]
        indexes = [models.Index(fields=["name", "version"], name="registry_use_name")]

    def __str__(self) -> str:
        return f"{self.version} includes {self.name}"
