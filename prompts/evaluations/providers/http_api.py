"""Any endpoint that takes JSON and answers with JSON, as the provider's parameters describe it."""

import json
from typing import TYPE_CHECKING, Any

from prompts.evaluations.providers.address import require_address
from prompts.evaluations.providers.answers import Answer, ProviderFault, Question, apart, checked, number
from prompts.evaluations.providers.keys import key_parts
from prompts.evaluations.providers.templates import filled, filled_address, found_at

if TYPE_CHECKING:
    import httpx2


class Status(Exception):
    """An answer with a status that is no success; shaped as the SDKs shape theirs."""

    def __init__(self, response: "httpx2.Response", body: Any) -> None:
        super().__init__(f"status {response.status_code}")
        self.status_code, self.response, self.body = response.status_code, response, body


def ask(
    http: "httpx2.Client",
    url: str,
    question: Question,
    told: dict[str, Any],
    *,
    model: str,
    key: str,
) -> Answer:
    """One answer.

    Raises ``Status`` for other statuses, ``ProviderFault`` for an answer without text at ``output``.
    """
    known = {
        "prompt": "\n\n".join(str(message.get("content") or "") for message in question.messages),
        "messages": question.messages,
        "model": model,
        "settings": question.settings,
        "key": key,
        **key_parts(key),
    }
    url = filled_address(url, known)
    require_address(url)
    headers = {name: str(filled(value, known)) for name, value in told.get("headers", {}).items()}
    method = told.get("method", "POST")
    body = None if method == "GET" else filled(told.get("body"), known)
    response = http.request(method, url, headers=headers, json=body)
    if 200 <= response.status_code < 300:
        return _read(_json(response), told)
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        document = None
    raise Status(response, document)


def _json(response: "httpx2.Response") -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        raise ProviderFault("The provider did not answer with JSON.", "bad_answer") from None


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
