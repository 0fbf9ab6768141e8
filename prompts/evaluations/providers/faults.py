"""What an SDK raises, in words for people."""

import json
from typing import Any

from audits.notices.outgoing import MAX_BYTES, AnswerTooLong, OutgoingRefused
from prompts.evaluations.providers.answers import ProviderFault
from prompts.evaluations.providers.scrub import without

MAX_WORDS = 300
STATUS_WORDS = {
    400: ("The provider did not accept the request", "bad_request"),
    401: ("The provider refused the key", "unauthorized"),
    403: ("The provider does not allow this", "forbidden"),
    404: ("The provider knows no such model or address", "not_found"),
    408: ("The provider took too long", "timeout"),
    413: ("The request is too long for the provider", "too_long"),
    422: ("The provider did not accept the request", "bad_request"),
    429: ("The provider's rate limit or quota is used up", "rate_limited"),
    503: ("The provider is not available", "unavailable"),
    529: ("The provider is overloaded", "overloaded"),
}


def fault(error: BaseException, key: str = "") -> ProviderFault:
    """The fault behind whatever the SDK raised; a key that the provider repeats is struck out."""
    if isinstance(error, ProviderFault):
        return error
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 10:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    for link in chain:
        if isinstance(link, OutgoingRefused):
            return ProviderFault(link.message, "outgoing_refused")
    if any(isinstance(link, AnswerTooLong) for link in chain):
        return ProviderFault(f"The provider's answer is longer than {MAX_BYTES // 2**20} MB.", "bad_answer")
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 300:
        words, code = STATUS_WORDS.get(status, ("The provider failed", "provider_error"))
        return ProviderFault(f"{words} ({status}){_told(error, key)}", code)
    if any("Timeout" in type(link).__name__ for link in chain):
        return ProviderFault("The provider did not answer in time.", "timeout")
    if any(isinstance(link, json.JSONDecodeError) for link in chain):
        return ProviderFault("The provider did not answer with JSON.", "bad_answer")
    if any("Connect" in type(link).__name__ for link in chain):
        return ProviderFault("The provider cannot be reached.", "unreachable")
    return ProviderFault(
        f"The provider's answer cannot be read: {without(key, str(error))[:MAX_WORDS]}", "bad_answer"
    )


def _told(error: BaseException, key: str) -> str:
    """The provider's own message, the key struck out before it is shortened; nothing for a page of HTML."""
    body: Any = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        message = inner.get("message") if isinstance(inner, dict) else inner
        if isinstance(message, str) and message:
            return f": {without(key, message)[:MAX_WORDS]}"
    return "."
