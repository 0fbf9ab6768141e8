"""Names and roles that were there before are written down; names are only ever added from here on."""

from django.db import migrations

from audits.identity.roles import ROLES
from audits.identity.usernames import folded
from audits.ledger.triggers import protect


def fill(apps, schema_editor):
    User = apps.get_model("identity", "User")
    UserName = apps.get_model("identity", "UserName")
    RoleGrant = apps.get_model("identity", "RoleGrant")
    for user in User.objects.order_by("pk").prefetch_related("groups"):
        UserName.objects.get_or_create(folded=folded(user.username), defaults={"name": user.username, "user": user})
        for group in user.groups.all():
            if group.name in ROLES:
                RoleGrant.objects.create(
                    user=user, role=group.name, since=user.date_joined, given_by="before grants were kept"
                )


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_access_and_names")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
        *protect("identity_username", keys=("id", "folded")),
        *protect("identity_historicalserviceaccount", keys=("history_id",)),
    ]
