"""Keep what providers sent, as they sent it, beside the results that were read from it."""

from collections.abc import Sequence

from prompts.evaluations.models import RawAnswer, Result, Run


def keep_raw(run: Run, results: Sequence[Result]) -> None:
    """Stores what these new results of the run ``received``; call it in the transaction that stored them."""
    told = {(one.case_name, one.provider_id, one.repeat): one.received for one in results if one.received}
    if not told:
        return
    rows = run.results.filter(case_name__in={name for name, _, _ in told})
    keys = rows.values_list("pk", "case_name", "provider_id", "repeat")
    new = [RawAnswer(result_id=pk, body=told[key]) for pk, *rest in keys if (key := tuple(rest)) in told]
    RawAnswer.objects.bulk_create(new, batch_size=200)
