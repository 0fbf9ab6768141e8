"""Copies each run's list of cases into rows, and refuses to go on where the rows do not give the list back."""

import hashlib
import json

from django.db import migrations

PIECE = 1_000
FIELDS = ("name", "vars", "assertions", "weight", "threshold", "case_id", "digest")


def digest_of(value):
    exact = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(exact.encode()).hexdigest()


def key_of(case):
    """As ``CaseSnapshot.key`` has it where the digest is that of the words, else one of its own."""
    words = [case[name] for name in ("name", "vars", "assertions", "weight", "threshold")]
    return digest_of([case["digest"], []] if digest_of(words) == case["digest"] else [case["digest"], words])


def copied(apps, schema_editor):
    Run = apps.get_model("evaluations", "Run")
    CaseSet = apps.get_model("evaluations", "CaseSet")
    for pk in Run.objects.filter(case_set=None).order_by("pk").values_list("pk", flat=True).iterator():
        run = Run.objects.get(pk=pk)
        if not run.cases:
            continue
        cases = [{name: case.get(name) for name in FIELDS} for case in run.cases]
        told = hashlib.sha256("".join(f"{case['case_id']}:{key_of(case)}\n" for case in cases).encode())
        made, new = CaseSet.objects.get_or_create(
            key=told.hexdigest(), defaults={"size": len(cases), "case_digest": run.case_digest}
        )
        if new:
            fill(apps, made, cases)
        if digest_of(cases) != digest_of(given_back(apps, made)) or made.case_digest != run.case_digest:
            raise RuntimeError(f"The cases of run {pk} could not be copied: nothing was changed.")
        Run.objects.filter(pk=pk).update(case_set=made)


def fill(apps, made, cases):
    CaseText, AskedCase = (apps.get_model("evaluations", name) for name in ("CaseText", "AskedCase"))
    for start in range(0, len(cases), PIECE):
        piece = cases[start : start + PIECE]
        texts = [
            CaseText(key=key_of(case), **{name: case[name] for name in FIELDS if name != "case_id"}) for case in piece
        ]
        CaseText.objects.bulk_create(texts, ignore_conflicts=True)
        kept = dict(CaseText.objects.filter(key__in=[text.key for text in texts]).values_list("key", "pk"))
        AskedCase.objects.bulk_create(
            AskedCase(case_set=made, place=start + at, text_id=kept[key_of(case)], case_id=case["case_id"])
            for at, case in enumerate(piece, start=1)
        )


def given_back(apps, made):
    AskedCase = apps.get_model("evaluations", "AskedCase")
    names = [name if name == "case_id" else f"text__{name}" for name in FIELDS]
    rows = AskedCase.objects.filter(case_set=made).order_by("place").values_list(*names)
    return [dict(zip(FIELDS, row, strict=True)) for row in rows]


def taken_back(apps, schema_editor):
    Run = apps.get_model("evaluations", "Run")
    for run in Run.objects.exclude(case_set=None).iterator():
        Run.objects.filter(pk=run.pk).update(cases=given_back(apps, run.case_set), case_set=None)


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0006_cases_of_runs_are_rows")]
    operations = [migrations.RunPython(copied, taken_back)]
