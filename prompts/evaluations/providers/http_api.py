"""Any endpoint that takes JSON and answers with JSON, as the provider's parameters describe it."""

import json
import time
from email.utils import parsedate_to_datetime
from time import sleep
from typing import TYPE_CHECKING, Any

from prompts.evaluations.providers.answers import Answer, ProviderFault, Question, apart, checked, number
from prompts.evaluations.providers.templates import filled, found_at

if TYPE_CHECKING:
    import httpx2

AGAIN = {408, 429, 500, 502, 503, 504, 529}
LONGEST_WAIT = 60.0
"""Seconds; a provider that asks for more is not waited for."""
FIRST_WAIT = 0.5


class Status(Exception):
    """An answer with a status that is no success; shaped as the SDKs shape theirs."""

    def __init__(self, status_code: int, body: Any) -> None:
        super().__init__(f"status {status_code}")
        self.status_code, self.body = status_code, body


def ask(
    http: "httpx2.Client",
    url: str,
    question: Question,
    told: dict[str, Any],
    *,
    model: str,
    key: str,
    retries: int,
) -> Answer:
    """One answer; asks again after ``AGAIN``, no sooner than ``Retry-After`` says.

    Raises ``Status`` for other statuses, ``ProviderFault`` for an answer without text at ``output``.
    """
    known = {
        "prompt": "\n\n".join(str(message.get("content") or "") for message in question.messages),
        "messages": question.messages,
        "model": model,
        "settings": question.settings,
        "key": key,
    }
    headers = {name: str(filled(value, known)) for name, value in told.get("headers", {}).items()}
    method = told.get("method", "POST")
    body = None if method == "GET" else filled(told.get("body"), known)
    for attempt in range(retries + 1):
        response = http.request(method, url, headers=headers, json=body)
        if 200 <= response.status_code < 300:
            return _read(_json(response), told)
        wait = _wait(response, attempt)
        if response.status_code not in AGAIN or attempt == retries or wait > LONGEST_WAIT:
            break
        sleep(wait)
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        document = None
    raise Status(response.status_code, document)


def _json(response: "httpx2.Response") -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise ProviderFault("The provider did not answer with JSON.", "bad_answer") from None


def _wait(response: "httpx2.Response", attempt: int) -> float:
    """Seconds until the next attempt: ``Retry-After`` in seconds or as a date (RFC 9110 §10.2.3)."""
    raw = response.headers.get("retry-after", "").strip()
    if raw.isdecimal() and len(raw) < 10:
        return float(raw)
    try:
        return max(0.0, parsedate_to_datetime(raw).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return FIRST_WAIT * 2.0**attempt


def _read(document: Any, told: dict[str, Any]) -> Answer:
    def at(name: str) -> Any:
        return found_at(document, told[name]) if name in told else None

    found = at("output")
    if found is None:
        raise ProviderFault(f"The answer holds nothing at {told['output'][:80]}.", "bad_answer")
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    output, reasoning = apart(text, "")
    return checked(
        Answer(
            output=output,
            reasoning=reasoning,
            input_tokens=number(at("input_tokens")),
            output_tokens=number(at("output_tokens")),
            finish_reason=str(at("finish_reason") or ""),
            response_model=str(at("answered_by") or ""),
        )
    )
