"""Runs keep no list of cases any more, and what they asked never changes."""

from django.db import migrations

from audits.ledger.triggers import protect


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0007_cases_of_runs_copied")]
    operations = [
        migrations.RemoveField(model_name="run", name="cases"),
        *protect("evaluations_caseset"),
        *protect("evaluations_casetext", keys=("id", "key")),
        *protect("evaluations_askedcase"),
    ]
