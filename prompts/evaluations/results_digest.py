"""One digest over all results of a run, with every column of them: what the run's row and its entry bind."""

from audits.adminkit.recorded import RecordedTable
from audits.ledger.row_marks import digest_of_rows
from prompts.evaluations.models import Result, Run
from prompts.evaluations.snapshots import digest_of

VERSION = "2."
RESULTS = RecordedTable.of(Result, without=["case_id"])
"""All but the link to the case, which a case that is deleted takes with it."""


def results_digest(run: Run) -> str:
    """The digest of what is stored now, by the newest rule; what it costs is one walk over the results."""
    return VERSION + digest_of_rows(RESULTS, "run_id", run.pk)


def still_gives(run: Run, digest: str) -> bool:
    """Whether the results still give this digest of the run, by whichever rule it was made."""
    return digest == (results_digest(run) if digest.startswith(VERSION) else _first_rule(run))


def _first_rule(run: Run) -> str:
    rows = run.results.order_by("case_name", "provider_id", "repeat")
    told = rows.values_list(
        "case_name", "case_digest", "provider__name", "repeat", "state", "output", "error", "judged_by"
    )
    # Who judged is part of it where somebody did: digests of runs without a judge stay what they were.
    return digest_of([digest_of(list(row if row[-1] else row[:-1])) for row in told.iterator(chunk_size=500)])
