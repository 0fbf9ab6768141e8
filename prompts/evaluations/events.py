"""What this room records."""

from audits.ledger.events import declare

SUITE_SAVED = declare("evaluations.suite.saved", "{actor} saved the suite {subject}")
CASE_SAVED = declare("evaluations.case.saved", "{actor} saved a case of {subject}")
CASES_WRITTEN = declare("evaluations.cases.written", "{actor} wrote the cases of {subject} from a file")
CASE_REMOVED = declare("evaluations.case.removed", "{actor} took a case out of {subject}")
PROVIDER_SAVED = declare("evaluations.provider.saved", "{actor} saved the provider {subject}")
KEYS_ROTATED = declare(
    "evaluations.keys.rotated", "{actor} encrypted the keys of {subject} with the newest key"
)
MODEL_CHANGED = declare(
    "evaluations.provider.model_changed", "{actor} saw {subject} answer with another model"
)
ANSWERS_RECORDED = declare("evaluations.answers.recorded", "{actor} stored recorded answers for {subject}")
RUN_STARTED = declare("evaluations.run.started", "{actor} started {subject}")
RUN_FINISHED = declare("evaluations.run.finished", "{actor} finished {subject}")
RUN_PAUSED = declare("evaluations.run.paused", "{actor} paused {subject}")
BUDGET_SPENT = declare("evaluations.budget.spent", "{actor} stopped a run of {subject}: a budget is used up")
COLLECTION_BUDGET_SET = declare(
    "evaluations.collection_budget.set", "{actor} set what evaluations of {subject} may cost in a month"
)
RUN_RESUMED = declare("evaluations.run.resumed", "{actor} had {subject} go on")
RUN_CANCELLED = declare("evaluations.run.cancelled", "{actor} cancelled {subject}")
RUN_FAILED = declare("evaluations.run.failed", "{actor} gave up on {subject}")
SCHEDULE_SAVED = declare("evaluations.schedule.saved", "{actor} saved the schedule {subject}")
RESULT_GRADED = declare("evaluations.result.graded", "{actor} graded an answer of {subject} by hand")
SCHEDULE_MISSED = declare(
    "evaluations.schedule.missed", "{actor} found that a scheduled run of {subject} did not start"
)
WORD_LIST_SAVED = declare("evaluations.word_list.saved", "{actor} saved the word list {subject}")
RESULT_OVERRIDDEN = declare("evaluations.result.overridden", "{actor} overruled the verdict on {subject}")
