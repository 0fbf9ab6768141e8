"""What the ledger hears from this room."""

from audits.ledger.events import declare

PROMPT_CREATED = declare("registry.prompt.created", "{actor} created the prompt {subject}")
PROMPT_CHANGED = declare("registry.prompt.changed", "{actor} changed the description of {subject}")
PROMPT_RENAMED = declare("registry.prompt.renamed", "{actor} gave the prompt {subject} its name")
PROMPT_ARCHIVED = declare("registry.prompt.archived", "{actor} archived {subject}")
PROMPT_UNARCHIVED = declare("registry.prompt.unarchived", "{actor} took {subject} back into use")
PROMPT_HANDED_OVER = declare("registry.prompt.handed_over", "{actor} handed {subject} over")
DRAFT_CREATED = declare("registry.draft.created", "{actor} began the draft {subject}")
DRAFT_EDITED = declare("registry.draft.edited", "{actor} edited the draft {subject}")
DRAFT_DISCARDED = declare("registry.draft.discarded", "{actor} discarded the draft {subject}")
VERSION_FROZEN = declare("registry.version.frozen", "{actor} froze {subject}")
RIGHT_GRANTED = declare("registry.right.granted", "{actor} granted a right on {subject}")
RIGHT_REVOKED = declare("registry.right.revoked", "{actor} took a right on {subject} away")
COLLECTION_CREATED = declare("registry.collection.created", "{actor} created the collection {subject}")
COLLECTION_CHANGED = declare("registry.collection.changed", "{actor} changed the collection {subject}")
ENVIRONMENT_CREATED = declare("registry.environment.created", "{actor} created the environment {subject}")
ENVIRONMENT_CHANGED = declare("registry.environment.changed", "{actor} changed the environment {subject}")
STANDARD_SET = declare(
    "registry.standard.set", "{actor} set the documentation standard of the tier {subject}"
)
DIMENSION_SET = declare("registry.dimension.set", "{actor} set the dimension {subject}")
VARIANT_LINKED = declare("registry.variant.linked", "{actor} made {subject} a variant")
VARIANT_UNLINKED = declare("registry.variant.unlinked", "{actor} made {subject} a prompt of its own")
CLAUSES_SET = declare("registry.clauses.set", "{actor} set what must stand in every variant of {subject}")
COMMENT_WRITTEN = declare("registry.comment.written", "{actor} commented on {subject}")
COMMENT_RESOLVED = declare("registry.comment.resolved", "{actor} resolved a comment on {subject}")
COMMENT_REOPENED = declare("registry.comment.reopened", "{actor} opened a comment on {subject} again")
LINT_POLICY_SET = declare("registry.lint_policy.set", "{actor} set the {subject}")
PROMPTS_IMPORTED = declare("registry.library.imported", "{actor} imported a library into {subject}")
MARKED_SENSITIVE = declare("registry.sensitivity.marked", "{actor} marked {subject} as sensitive")
SENSITIVE_ENDED = declare(
    "registry.sensitivity.ended", "{actor} took the mark of {subject} as sensitive away"
)
SENSITIVE_READ = declare("registry.sensitive.read", "{actor} read the text of {subject}")
