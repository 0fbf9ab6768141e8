"""What goes in and comes out, for the description and for reading bodies."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field

LARGEST = 2**31 - 1


def _number(value: Any) -> Any:
    """A version number may be written as a text of digits."""
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11
        else value
    )


Number = Annotated[int, BeforeValidator(_number), Field(ge=1, le=LARGEST, strict=True)]


class Problem(Schema):
    """An error: ``error`` is for programs, ``message`` for people."""

    error: str
    message: str


class Check(Schema):
    """One thing that a gate asks."""

    code: str
    title: str
    passed: bool
    reason: str
    evidence: list[str]


class PolicyRef(Schema):
    """The policy that was asked."""

    id: Any
    version: Any


class Verdict(Schema):
    """What a gate says of a version."""

    open: bool
    prompt: str
    version: int
    environment: str
    digest: str
    policy: PolicyRef
    checks: list[Check]


class GateClosed(Problem):
    """The gate is shut (then the verdict says why), or the version is live there already."""

    verdict: Verdict | None = None


class PromptRow(Schema):
    """One prompt found."""

    name: str
    kind: str
    collection: str
    tags: list[str]
    owner: str | None
    risk_tier: str
    state: str
    latest_version: int | None
    environments: dict[str, int]


class VariantRow(Schema):
    """A variant: what it is for, and which version is live where."""

    name: str
    dimensions: dict[str, str]
    environments: dict[str, int]


class VariantPage(Schema):
    """All variants of a prompt."""

    data: list[VariantRow]
    next: str | None


class PromptPage(Schema):
    """A page of prompts; ``next`` is the cursor of the following one."""

    data: list[PromptRow]
    next: str | None


class VersionOut(Schema):
    """One version."""

    name: str
    version: int
    kind: str
    format: str
    messages: list[dict[str, Any]]
    variables: Any
    settings: Any
    tools: Any
    output_schema: Any
    config: Any
    fragments: list[dict[str, Any]]
    change_note: str
    author: str
    written_at: datetime
    frozen_at: datetime | None
    digest: str
    environments: list[str]


class Move(Schema):
    """One move of an environment's pointer."""

    at: datetime
    environment: str
    from_: int | None = Field(alias="from")
    to: int
    who: str
    why: str
    kind: str
    state: str
    digest: str
    approvals: list[dict[str, Any]]
    runs: list[dict[str, Any]]


class MovePage(Schema):
    """Moves, newest first."""

    data: list[Move]
    next: str | None


class ReleaseIn(Schema):
    """What to release where, and why."""

    version: Number
    environment: str = Field(max_length=40)
    reason: str = Field("", max_length=5000)


class ReleaseOut(Schema):
    """The release that was made."""

    id: int
    prompt: str
    version: int
    environment: str
    digest: str
    released_at: datetime
    released_by: str
    verdict: Verdict


class CallRow(Schema):
    """One model call; ``cost`` is US dollars as a decimal text, ``latency_ms`` milliseconds."""

    trace_id: str
    span_id: str
    provider: str
    request_model: str
    response_model: str
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost: str | None
    latency_ms: float | None
    finish_reason: str
    started_at: datetime
    prompt: str | None
    version: int | None
    environment: str
    arm: str
    session: str
    user: str
    error: str


class CallPage(Schema):
    """Calls, newest first."""

    data: list[CallRow]
    next: str | None


class Count(Schema):
    """How many."""

    count: int


class RunRow(Schema):
    """One evaluation run; ``score`` is the weighted pass rate from 0 to 1 as a decimal text."""

    id: int
    suite: str
    prompt: str
    version: int
    trigger: str
    state: str
    passed: int
    failed: int
    errors: int
    score: float | None
    started_at: datetime | None
    finished_at: datetime | None
    url: str


class RunPage(Schema):
    """Runs, newest first."""

    data: list[RunRow]
    next: str | None
