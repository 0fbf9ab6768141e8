"""Keys, a client that speaks for one, and released prompts."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audits.identity.actors import Actor
from audits.identity.services.keys import KeyPair, create_key
from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.meanings import MEANINGS
from prompts.lifecycle.services.requests import submit_version
from prompts.lifecycle.services.sign_off import sign_off
from prompts.registry.models import Version
from prompts.releases.services.attempt import attempt_release
from tests.reading import open_change


class Api:
    """A client that carries one key."""

    def __init__(self, pair: KeyPair | None) -> None:
        self.client, self.headers = Client(raise_request_exception=True), {}
        if pair is not None:
            raw = f"{pair.public_key}:{pair.secret_key}".encode()
            self.headers["Authorization"] = f"Basic {base64.b64encode(raw).decode()}"
            self.pair = pair

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={**self.headers, **headers})

    def send(self, method: str, path: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {**self.headers, **headers}
        return self.client.generic(method, path, raw, content_type=kind, headers=told)

    def post(self, path: str, body: Any, kind: str = "application/json", **headers: str) -> Any:
        return self.send("POST", path, body, kind, **headers)


@pytest.fixture
def key(people: Any, shell: Actor) -> Callable[..., Api]:
    """Makes a key and a client for it: ``key("read", "write", collections=…, environments=…)``."""
    made = iter(range(100))

    def make(
        *verbs: str, collections: Any = ("bank",), environments: Any = ("production",), **more: Any
    ) -> Api:
        pair = create_key(
            actor=shell,
            name=f"key-{next(made)}",
            collections=() if more.get("all_collections") else collections,
            environments=environments,
            verbs=verbs or ("read",),
            **more,
        )
        return Api(pair)

    return make


@pytest.fixture
def reader(key: Callable[..., Api]) -> Api:
    """A key that reads what is released to production in the bank."""
    return key("read")


@pytest.fixture
def approve(people: Any) -> Callable[[Version], Version]:
    """Has a draft submitted by its author and signed by the steward."""

    def make(version: Version) -> Version:
        asked = submit_version(actor=people.actor("author"), version_id=version.pk, why="Needed.")
        evidence = Evidence()
        open_change(people.actor("steward"), asked)
        sign_off(
            actor=people.actor("steward"),
            request_id=asked.pk,
            role="steward",
            meaning=MEANINGS["steward"][0],
            text_digest=asked.text_digest,
            evidence=evidence,
            evidence_digest_seen=evidence.digest,
            authenticated_by="password",
        )
        return Version.objects.select_related("prompt").get(pk=version.pk)

    return make


@pytest.fixture
def release(people: Any, factory: Any, approve: Any) -> Callable[..., Version]:
    """Releases a draft (a new one unless given) to an environment, signed before."""

    def make(version: Version | None = None, environment: str = "production", **fields: Any) -> Version:
        version = version or factory.draft(**fields)
        if not version.is_frozen:
            version = approve(version)
        attempt_release(
            actor=people.actor("steward"), version_id=version.pk, environment=environment, reason="Ready."
        )
        return version

    return make


@pytest.fixture(autouse=True)
def checkpoint_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The header is read anew every few seconds: tests that count queries shall not meet that moment."""
    monkeypatch.setattr("prompts.serving.checkpoint._kept", [(float("-inf"), "")])
    monkeypatch.setattr("prompts.serving.checkpoint.KEPT_SECONDS", 3600.0)
