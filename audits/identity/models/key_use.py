"""How often keys with rights beyond reading were used, by hour and address."""

from django.db import models

from audits.identity.models.service_account import ServiceAccount


class KeyUse(models.Model):
    """A key, an address of the network and an hour: how many requests.

    ``at_once`` where its first request became an entry of its own, ``told`` where the hour is over and its
    count became one. Rows of the last ninety days are also what addresses are known by.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="uses")
    address = models.CharField(max_length=64)
    hour = models.DateTimeField()
    uses = models.PositiveIntegerField(default=0)
    at_once = models.BooleanField(default=False)
    told = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "address", "hour"], name="identity_key_use_per_hour")
        ]
        indexes = [models.Index(fields=["hour"], condition=models.Q(told=False), name="identity_key_use_new")]

    def __str__(self) -> str:
        return f"{self.account} from {self.address}"
