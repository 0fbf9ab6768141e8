"""Gates name the cases that their suites have now; prompts that were retired before have ended."""

from django.db import migrations
from django.db.models import F
from django.utils import timezone

from prompts.evaluations.snapshots import CaseSnapshot, suite_digest


def pin(apps, schema_editor):
    """The digest of each bound suite's cases in use, as ``evaluations`` makes it."""
    Case = apps.get_model("evaluations", "Case")
    for bound in apps.get_model("releases", "GateSuite").objects.filter(cases_digest=""):
        rows = Case.objects.filter(suite_id=bound.suite_id, is_active=True)
        told = [
            CaseSnapshot.taken(row.name, row.vars, row.assertions, row.weight, row.threshold, row.pk) for row in rows
        ]
        bound.cases_digest, bound.pinned_at = suite_digest(told), timezone.now()
        bound.save(update_fields=["cases_digest", "pinned_at"])


def end(apps, schema_editor):
    """Until now a prompt was retired at once."""
    apps.get_model("releases", "Retirement").objects.filter(ended_at=None).update(ended_at=F("sunset_at"))


class Migration(migrations.Migration):
    dependencies = [("releases", "0005_gates_by_two_and_acts_in_time"), ("evaluations", "0001_initial")]
    operations = [
        migrations.RunPython(pin, migrations.RunPython.noop),
        migrations.RunPython(end, migrations.RunPython.noop),
    ]
