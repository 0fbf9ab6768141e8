"""Signing by way of the provider: asked afresh, for this very thing, once."""

import json
import time
from typing import Any

import pytest
from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.models import SignOnTrip
from audits.ledger.canonical import sha256_hex
from audits.ledger.models import Event
from portal.services.sign_version import sign_version
from prompts.lifecycle.models import ApprovalRequest, DocumentationSignature, SignOff
from tests.documented import WHOLE
from tests.factories import Factory
from tests.fixtures.provider import Provider
from tests.people import PASSWORD, People
from tests.reading import open_everything
from tests.single_sign_on.visitor import Visitor, knows


@pytest.fixture
def asked(factory: Factory) -> ApprovalRequest:
    """An open request whose seats the steward may take."""
    return factory.submitted()


@pytest.fixture
def visitor(people: People, provider: Provider) -> Visitor:
    knows(provider, people.steward)
    knows(provider, people.expert)
    found = Visitor(provider)
    found.sign_in("sten")
    return found


def desk(asked: ApprovalRequest) -> str:
    return reverse("admin:desk-request", args=[asked.pk])


def panel(visitor: Visitor, asked: ApprovalRequest, **more: Any) -> dict[str, Any]:
    page = visitor.client.get(desk(asked))
    open_everything(Actor.for_user(page.wsgi_request.user), asked)
    context = page.context
    role, _, meanings = context["meanings"][0]
    seen = {"seen_text_digest": context["version"].digest, "seen_evidence_digest": context["evidence"].digest}
    return {**seen, "decision": "sign", "meaning": f"{role}|{meanings[0]}", "comment": "Looked.", **more}


def leave(visitor: Visitor, asked: ApprovalRequest, **more: Any) -> str:
    """Presses "Sign"; the address at the provider."""
    answer = visitor.client.post(desk(asked), panel(visitor, asked, **more))
    assert answer.status_code == 200
    return str(answer.context["to"])


def sign(visitor: Visitor, asked: ApprovalRequest, who: str = "sten", **more: Any) -> Any:
    return visitor.arrive(visitor.provider.log_in(leave(visitor, asked, **more), who))


def reason(visitor: Visitor, asked: ApprovalRequest) -> str:
    """What the page says why nothing was signed."""
    assert not SignOff.objects.exists()
    fault = visitor.client.get(desk(asked)).context["fault"]
    return str(fault.message)


def test_a_version_is_signed_and_tells_how(visitor: Visitor, asked: ApprovalRequest) -> None:
    answer = sign(visitor, asked)
    assert answer["Location"] == desk(asked)
    signed = SignOff.objects.get()
    assert (signed.username, signed.authenticated_by, signed.comment) == ("sten", "sso", "Looked.")


def test_the_page_asks_for_no_password(visitor: Visitor, asked: ApprovalRequest) -> None:
    page = visitor.client.get(desk(asked)).content.decode()
    assert 'name="password"' not in page
    assert "Example ID asks you once more who you are" in page


def test_whoever_came_by_password_signs_by_password(visitor: Visitor, people: People, asked) -> None:
    own = Visitor(visitor.provider).with_password("sten")
    own.client.post(desk(asked), panel(own, asked, password=PASSWORD))
    assert SignOff.objects.get().authenticated_by == "password"


def test_a_password_does_not_sign_for_whoever_came_from_the_provider(visitor: Visitor, asked) -> None:
    visitor.client.post(desk(asked), panel(visitor, asked, password=PASSWORD))
    assert not SignOff.objects.exists()


def test_the_provider_is_told_to_ask_afresh(visitor: Visitor, asked: ApprovalRequest) -> None:
    there = leave(visitor, asked)
    assert "max_age=0" in there
    assert "prompt=login" in there


def test_the_ledger_holds_what_the_provider_signed(visitor: Visitor, asked: ApprovalRequest) -> None:
    sign(visitor, asked)
    told = json.loads(Event.objects.get(event="identity.sso.proved").payload)
    trip = SignOnTrip.objects.get(purpose="sign")
    assert told["nonce"] == sha256_hex(f"{told['salt']}.{told['binds']}".encode())
    assert told["binds"] == trip.binds
    assert trip.what["fields"]["seen_text_digest"] == asked.version.digest
    assert abs(told["auth_time"] - time.time()) < 60


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"auth_time": int(time.time()) - 4000}, "did not ask you again"),
        ({"auth_time": int(time.time()) + 4000}, "ahead of this portal's"),
        ({"auth_time": None}, "did not tell when"),
        ({"auth_time": "soon"}, "did not tell when"),
    ],
)
def test_a_proof_that_is_not_of_just_now(visitor: Visitor, asked, claims: dict, words: str) -> None:
    visitor.provider.claims = claims
    sign(visitor, asked)
    assert words in reason(visitor, asked)
    assert Event.objects.filter(event="lifecycle.signature.refused", actor="sten").exists()


def test_the_signer_who_is_somebody_else_at_the_provider(visitor: Visitor, asked) -> None:
    sign(visitor, asked, who="dora")
    assert "knows somebody else" in reason(visitor, asked)


def test_a_level_that_is_asked_for_has_to_be_confirmed(visitor: Visitor, asked, settings) -> None:
    settings.OIDC_ACR_VALUES = ["gold"]
    assert "acr_values=gold" in leave(visitor, asked)
    sign(visitor, asked)
    assert "in the way that a signature needs" in reason(visitor, asked)
    visitor.provider.claims = {"acr": "gold"}
    sign(visitor, asked)
    assert SignOff.objects.count() == 1


def test_what_was_typed_is_there_again_after_a_no(visitor: Visitor, asked: ApprovalRequest) -> None:
    back = visitor.provider.log_in(leave(visitor, asked, comment="A long thought."), "sten", no="1")
    visitor.arrive(back)
    context = visitor.client.get(desk(asked)).context
    assert context["given"]["comment"] == "A long thought."
    assert context["given"]["meaning"].startswith("steward|")
    assert visitor.client.get(desk(asked)).context["fault"] is None


def test_a_text_that_changed_meanwhile_is_not_signed(visitor: Visitor, asked: ApprovalRequest) -> None:
    sign(visitor, asked, seen_evidence_digest="0" * 64)
    assert "evidence changed" in reason(visitor, asked)


def test_a_role_that_went_with_its_group_meanwhile_signs_nothing(visitor, people: People, asked) -> None:
    people.steward.role_grants.update(source="sso")
    sign(visitor, asked)
    assert not SignOff.objects.exists()


def test_an_answer_signs_once(visitor: Visitor, asked: ApprovalRequest) -> None:
    back = visitor.provider.log_in(leave(visitor, asked), "sten")
    assert visitor.arrive(back).status_code == 302
    assert visitor.arrive(back).status_code == 400
    assert SignOff.objects.count() == 1


def test_an_answer_in_a_stolen_hand_signs_nothing(visitor: Visitor, asked: ApprovalRequest) -> None:
    back = visitor.provider.log_in(leave(visitor, asked), "sten")
    thief = Visitor(visitor.provider).with_password("dora")
    thief.leave()
    assert thief.arrive(back).status_code == 400
    assert not SignOff.objects.exists()


def test_nothing_is_signed_after_the_session_was_ended(visitor: Visitor, people, asked) -> None:
    from audits.identity.services.open_sessions import end_sessions

    back = visitor.provider.log_in(leave(visitor, asked), "sten")
    end_sessions(actor=people.actor("administrator"), user=people.steward, reason="lost")
    visitor.arrive(back)
    assert not SignOff.objects.exists()


def test_a_proof_for_one_thing_signs_no_other(visitor: Visitor, people, asked, factory) -> None:
    """As in two tabs: what was proved for one request, with its words, is nothing for the next."""
    other = factory.submitted()
    leave(visitor, asked)
    trip = SignOnTrip.objects.get(purpose="sign")
    SignOnTrip.objects.filter(pk=trip.pk).update(proved_at=trip.began_at)
    fields = trip.what["fields"]
    changes = {"request_id": other.pk}, {"comment": "Other words."}, {"seen_text_digest": "0" * 64}
    for change in changes:
        with pytest.raises(Refused, match="not what you proved"):
            sign_version(actor=people.actor("steward"), trip=trip.pk, **{**fields, **change})
    with pytest.raises(Refused, match="not what you proved"):
        sign_version(actor=people.actor("expert"), trip=trip.pk, **fields)


def test_two_tabs_sign_each_their_own(visitor: Visitor, asked: ApprovalRequest, factory: Factory) -> None:
    other = factory.submitted()
    first, second = leave(visitor, asked), leave(visitor, other, comment="Second.")
    visitor.arrive(visitor.provider.log_in(second, "sten"))
    visitor.arrive(visitor.provider.log_in(first, "sten"))
    told = dict(SignOff.objects.values_list("request_id", "comment"))
    assert told == {asked.pk: "Looked.", other.pk: "Second."}


def test_a_proof_that_was_never_given_signs_nothing(visitor: Visitor, people: People, asked) -> None:
    leave(visitor, asked)
    trip = SignOnTrip.objects.get(purpose="sign")
    with pytest.raises(Refused, match="not what you proved"):
        sign_version(actor=people.actor("steward"), trip=trip.pk, **trip.what["fields"])


def test_whoever_may_not_sign_is_not_sent_away(visitor: Visitor, people: People, asked) -> None:
    knows(visitor.provider, people.author)
    author = Visitor(visitor.provider)
    author.sign_in("ada")
    sent = panel(visitor, asked)
    assert author.client.post(desk(asked), sent).status_code == 403


def test_a_provider_that_is_away_loses_nothing(visitor: Visitor, asked: ApprovalRequest) -> None:
    from django.core.cache import cache

    sent = panel(visitor, asked)
    visitor.provider.close()
    cache.clear()
    answer = visitor.client.post(desk(asked), sent)
    assert answer.status_code == 502
    assert "Looked." in answer.content.decode()


def test_documentation_is_signed_likewise(people: People, provider: Provider, factory: Factory) -> None:
    version = factory.released(name="bank/letter", owner=people.steward, **WHOLE)
    knows(provider, people.documentarian)
    visitor = Visitor(provider)
    visitor.sign_in("doku")
    card = reverse("admin:prompt-card", args=[version.prompt_id])
    context = visitor.client.get(card).context
    sent = {
        "version": context["version"].number,
        "seen_text_digest": context["version"].digest,
        "seen_documentation_digest": context["card"].digest,
        "comment": "Read.",
    }
    there = visitor.client.post(card, sent).context["to"]
    answer = visitor.arrive(provider.log_in(there, "doku"))
    assert answer["Location"].startswith(card)
    signed = DocumentationSignature.objects.get()
    assert (signed.authenticated_by, signed.comment) == ("sso", "Read.")
