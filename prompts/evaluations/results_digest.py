"""Two digests over all results of a run: one that outsiders can take again, one over every column."""

from audits.adminkit.recorded import RecordedTable
from audits.adminkit.row_marks import digest_of_rows
from prompts.evaluations.models import Result, Run
from prompts.evaluations.snapshots import digest_of, digest_of_list

RESULTS = RecordedTable.of(Result, without=["case_id"])
"""All but the link to the case, which a case that is deleted takes with it."""


def results_digest(run: Run) -> str:
    """Binds every output and verdict of the run; read piece by piece.

    Signers are shown it, and whoever has the results of a pack takes it again (``audits/exports/verify.py``).
    """
    rows = run.results.order_by("case_name", "provider_id", "repeat")
    told = rows.values_list(
        "case_name", "case_digest", "provider__name", "repeat", "state", "output", "error", "judged_by"
    )
    # Who judged is part of it where somebody did: digests of runs without a judge stay what they were.
    lines = (digest_of(list(row if row[-1] else row[:-1])) for row in told.iterator(chunk_size=500))
    return digest_of_list(lines)


def rows_digest(run: Run) -> str:
    """Binds every column of the results as they are stored here, for ``verify_ledger``."""
    return digest_of_rows(RESULTS, "run_id", run.pk)
