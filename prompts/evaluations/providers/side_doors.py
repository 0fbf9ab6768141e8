"""What OpenAI-compatible providers offer beside answers: vectors of texts, and moderation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from audits.notices.outgoing import guarded_client
from prompts.evaluations.providers import openai_api
from prompts.evaluations.providers.answers import ProviderFault, number
from prompts.evaluations.providers.connect import Endpoint
from prompts.evaluations.providers.faults import fault
from prompts.evaluations.providers.limits import LETTERS_PER_TOKEN
from prompts.evaluations.providers.patience import NotNow, Patience

if TYPE_CHECKING:
    from openai import OpenAI

Embed = Callable[[list[str]], list[list[float]]]
Moderate = Callable[[str, str], dict[str, str]]


@contextmanager
def _client(endpoint: Endpoint, until: float | None) -> Iterator[tuple["OpenAI", Patience]]:
    if endpoint.kind != "openai":
        raise ProviderFault(f"A provider of the kind {endpoint.kind!r} offers no such thing.", "no_such_door")
    with guarded_client(timeout_seconds=endpoint.timeout_seconds) as http:
        patience = endpoint.patience(until)
        try:
            yield openai_api.client_for(endpoint.base_url, endpoint.key, http), patience
        finally:
            patience.stop.set()


def _tokens(texts: list[str]) -> int:
    return sum(len(text) for text in texts) // LETTERS_PER_TOKEN + 1


@contextmanager
def embedding_door(endpoint: Endpoint, until: float | None = None) -> Iterator[Embed]:
    """``/embeddings``: a vector for each text; raises ``ProviderFault``, and ``NotNow`` as a model does."""
    with _client(endpoint, until) as (client, patience):

        def embed(texts: list[str]) -> list[list[float]]:
            def ask() -> Any:
                return client.embeddings.create(
                    model=endpoint.model or "text-embedding-3-large", input=texts, encoding_format="float"
                )

            try:
                found = patience.ask(
                    ask, _tokens(texts), lambda found: number(getattr(found.usage, "total_tokens", None))
                )
                return [list(one.embedding) for one in sorted(found.data, key=lambda one: one.index)]
            except NotNow:
                raise
            except Exception as error:  # noqa: BLE001  SDKs raise many things
                raise fault(error, endpoint.key) from None

        yield embed


@contextmanager
def moderator(endpoint: Endpoint, until: float | None = None) -> Iterator[Moderate]:
    """``/moderations``: the categories for which an output is flagged, with their names in words."""
    with _client(endpoint, until) as (client, patience):

        def moderate(prompt: str, output: str) -> dict[str, str]:
            try:
                found = patience.ask(
                    lambda: client.moderations.create(input=output), _tokens([output]), lambda found: None
                )
                flags = [one.categories.model_dump(by_alias=True) for one in found.results]
            except NotNow:
                raise
            except Exception as error:  # noqa: BLE001  SDKs raise many things
                raise fault(error, endpoint.key) from None
            return {
                name: name.replace("/", ", ") for one in flags for name, flagged in one.items() if flagged
            }

        yield moderate
