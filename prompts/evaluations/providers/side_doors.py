"""What OpenAI-compatible providers offer beside answers: vectors of texts, and moderation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from audits.notices.outgoing import guarded_client
from prompts.evaluations.providers import openai_api
from prompts.evaluations.providers.answers import ProviderFault
from prompts.evaluations.providers.connect import Endpoint
from prompts.evaluations.providers.faults import fault

if TYPE_CHECKING:
    from openai import OpenAI

Embed = Callable[[list[str]], list[list[float]]]
Moderate = Callable[[str, str], dict[str, str]]


@contextmanager
def _client(endpoint: Endpoint) -> Iterator["OpenAI"]:
    if endpoint.kind != "openai":
        raise ProviderFault(f"A provider of the kind {endpoint.kind!r} offers no such thing.", "no_such_door")
    with guarded_client(timeout_seconds=endpoint.timeout_seconds) as http:
        yield openai_api.client_for(endpoint.base_url, endpoint.key, http, endpoint.retries)


@contextmanager
def embedding_door(endpoint: Endpoint) -> Iterator[Embed]:
    """``/embeddings``: a vector for each text; raises ``ProviderFault``."""
    with _client(endpoint) as client:

        def embed(texts: list[str]) -> list[list[float]]:
            try:
                found = client.embeddings.create(
                    model=endpoint.model or "text-embedding-3-large", input=texts, encoding_format="float"
                )
                return [list(one.embedding) for one in sorted(found.data, key=lambda one: one.index)]
            except Exception as error:  # noqa: BLE001  SDKs raise many things
                raise fault(error, endpoint.key) from None

        yield embed


@contextmanager
def moderator(endpoint: Endpoint) -> Iterator[Moderate]:
    """``/moderations``: the categories for which an output is flagged, with their names in words."""
    with _client(endpoint) as client:

        def moderate(prompt: str, output: str) -> dict[str, str]:
            try:
                found = client.moderations.create(input=output)
                flags = [one.categories.model_dump(by_alias=True) for one in found.results]
            except Exception as error:  # noqa: BLE001  SDKs raise many things
                raise fault(error, endpoint.key) from None
            return {
                name: name.replace("/", ", ") for one in flags for name, flagged in one.items() if flagged
            }

        yield moderate
