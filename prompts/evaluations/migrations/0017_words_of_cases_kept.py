"""Keeps the words of every case that is there, as saving it would do now."""

from django.db import migrations

from prompts.evaluations.snapshots import CaseSnapshot

PIECE = 500


def fill(apps, schema_editor):
    Case, CaseText = (apps.get_model("evaluations", name) for name in ("Case", "CaseText"))
    while cases := list(Case.objects.filter(text=None).order_by("pk")[:PIECE]):
        told = {
            case.pk: CaseSnapshot.taken(
                case.name, case.vars, case.assertions, case.weight, case.threshold, case.pk, case.tags
            )
            for case in cases
        }
        texts = [
            CaseText(
                key=one.key,
                **{
                    name: getattr(one, name)
                    for name in ("digest", "name", "vars", "assertions", "weight", "threshold", "tags")
                },
            )
            for one in told.values()
        ]
        there = set(CaseText.objects.filter(key__in=[text.key for text in texts]).values_list("key", flat=True))
        CaseText.objects.bulk_create([text for text in texts if text.key not in there], ignore_conflicts=True)
        kept = dict(CaseText.objects.filter(key__in=[text.key for text in texts]).values_list("key", "pk"))
        for case in cases:
            case.text_id = kept[told[case.pk].key]
        Case.objects.bulk_update(cases, ["text"], batch_size=PIECE)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0016_cases_name_their_words")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
