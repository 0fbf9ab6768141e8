"""Which models answered in a run, and when a provider begins to answer with another one."""

from audits.identity.actors import Actor
from audits.ledger.services import record
from prompts.evaluations.events import MODEL_CHANGED
from prompts.evaluations.models import KeptAnswer, Provider, Run


def note_models(*, actor: Actor, run: Run) -> dict[str, list[str]]:
    """The names that each provider's answers carry, by its key; call it inside the run's transaction.

    The judge is one of them. A provider keeps the names of its newest run; a name that was not among them
    before is told in the trail, and answers that were kept of the provider are thrown away. Recorded answers
    are no news of any model and are left out.
    """
    rows = run.results.exclude(provider__kind=Provider.Kind.RECORDED).exclude(response_model="")
    found: dict[int, list[str]] = {}
    for pk, name in rows.values_list("provider", "response_model").distinct().order_by("response_model"):
        found.setdefault(pk, []).append(name)
    for name in _judging_models(run):
        names = found.setdefault(run.judge["id"], [])
        names += [name] if name not in names else []
        names.sort()
    for provider in Provider.objects.filter(pk__in=found).order_by("pk").select_for_update():
        before, now = provider.answers_as, found[provider.pk]
        if before == now:
            continue
        # What was seen is state, not configuration: set without a history row.
        Provider.objects.filter(pk=provider.pk).update(answers_as=now)
        if before and set(now) - set(before):
            KeptAnswer.objects.filter(provider=provider).delete()
            payload = {"before": before, "now": now, "run": run.pk}
            record(
                event=MODEL_CHANGED,
                actor=actor,
                subject_type="provider",
                subject=provider.name,
                payload=payload,
            )
    return {str(pk): names for pk, names in found.items()}


def _judging_models(run: Run) -> set[str]:
    """The models that answered as the run's judge; none for a judge whose answers are recorded."""
    if not run.judge or run.judge["kind"] == Provider.Kind.RECORDED:
        return set()
    told = run.results.exclude(judged_by="").values_list("judged_by", flat=True).distinct().order_by()
    named = [words.partition(": ")[2] for words in told]
    return {name for names in named for name in names.split(", ") if name}
