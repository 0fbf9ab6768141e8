"""Every transition by every role, author or not, from every state: who may, and what becomes of it."""

from dataclasses import dataclass

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.identity.roles import ROLES
from audits.identity.services.people import set_user
from prompts.lifecycle import transitions
from prompts.lifecycle.services.requests import reject, request_changes, submit_version, withdraw
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.services.drafts import edit_draft
from tests.people import SHELL

SEATS = ("domain-expert", "ethics-officer")
"""The request asks for one signature of each, in any order."""
STATES = ("open", "approved", "changes_requested", "rejected", "withdrawn")
WRITING = {"engineer", "steward"}


@dataclass(frozen=True)
class Row:
    """One line of the table: what somebody of this role may do to an open request."""

    sign: bool = False
    send_back: bool = False
    withdraw: bool = False
    submit: bool = False


TABLE = {
    ("engineer", False): Row(withdraw=True, submit=True),
    ("engineer", True): Row(withdraw=True, submit=True),
    ("steward", False): Row(withdraw=True, submit=True),
    ("steward", True): Row(withdraw=True, submit=True),
    ("domain-expert", False): Row(sign=True, send_back=True),
    ("domain-expert", True): Row(),
    ("ethics-officer", False): Row(sign=True, send_back=True),
    ("ethics-officer", True): Row(),
    ("documentation-specialist", False): Row(),
    ("documentation-specialist", True): Row(),
    ("auditor", False): Row(),
    ("auditor", True): Row(),
    ("administrator", False): Row(),
    ("administrator", True): Row(),
    ("", False): Row(),
    ("", True): Row(),
}
"""By role and whether the person wrote in the text; the empty role is a member of the team without one."""

NEXT = {
    "sign": "open",
    "request_changes": "changes_requested",
    "reject": "rejected",
    "withdraw": "withdrawn",
}


def allowed(verb: str, role: str, wrote: bool) -> bool:
    """What the table says of an open request."""
    row = TABLE[role, wrote]
    return {"sign": row.sign, "withdraw": row.withdraw, "submit": row.submit}.get(verb, row.send_back)


@pytest.fixture
def somebody(people):
    """The leaver, back in the bank's team, who holds exactly one role."""

    def hold(role: str) -> Actor:
        people.leaver.refresh_from_db()
        set_user(actor=SHELL, user=people.leaver, roles=[role] if role else [], is_active=True)
        people.leaver.refresh_from_db()
        return Actor.for_user(people.leaver)

    return hold


@pytest.fixture
def opened(people, factory, somebody):
    """An open request on a text in which the person wrote, or did not."""
    seats = [{"role": role, "count": 1} for role in SEATS]
    set_policy(actor=SHELL, name="high risk", risk_tier="high", seats=seats, validity_days=30)

    def make(wrote: bool):
        draft = factory.draft(risk_tier="high")
        if wrote:
            told = [{"role": "text", "content": "Other {{words}}."}]
            edit_draft(
                actor=somebody("engineer"), version_id=draft.pk, seen_revision=1, changes={"messages": told}
            )
        return factory.submitted(draft)

    return make


def bring(people, desk, request, state):
    """Walks an open request to a state, by others."""
    if state == "approved":
        desk.sign(request, "expert", "domain-expert")
        desk.sign(request, "ethics_officer", "ethics-officer")
    elif state == "withdrawn":
        withdraw(actor=people.actor("author"), request_id=request.pk)
    elif state != "open":
        act = {"changes_requested": request_changes, "rejected": reject}[state]
        act(actor=people.actor("expert"), request_id=request.pk, comment="Because.")


def act(verb, actor, request, desk, role):
    """The verb by that person; a signature is tried in the role that he holds."""
    if verb == "sign":
        return desk.sign(request, "", role or SEATS[0], actor=actor)
    if verb == "submit":
        return submit_version(actor=actor, version_id=request.version_id, why="Once more.")
    service = {"request_changes": request_changes, "reject": reject, "withdraw": withdraw}[verb]
    return service(actor=actor, request_id=request.pk, comment="Because.")


def test_the_table_has_every_role_and_every_verb():
    assert {role for role, _ in TABLE} == {*ROLES, ""}
    assert set(NEXT) | {"approve"} <= set(transitions.VERBS)
    assert set(STATES) <= set(transitions.STATES)


@pytest.mark.parametrize("wrote", [False, True], ids=["other", "author"])
@pytest.mark.parametrize("role", [*ROLES, ""])
@pytest.mark.parametrize("verb", NEXT)
@pytest.mark.requirement("21-cfr-11/10-f")
def test_of_an_open_request(opened, somebody, desk, verb, role, wrote):
    request = opened(wrote)
    actor = somebody(role)
    if allowed(verb, role, wrote):
        act(verb, actor, request, desk, role)
        request.refresh_from_db()
        assert request.state == NEXT[verb]
    else:
        with pytest.raises(GovernedError):
            act(verb, actor, request, desk, role)
        request.refresh_from_db()
        assert (request.state, request.sign_offs.count()) == ("open", 0)


@pytest.mark.parametrize("role", [*ROLES, ""])
@pytest.mark.parametrize("state", STATES[1:])
@pytest.mark.requirement("21-cfr-11/10-f")
def test_of_a_closed_request_nothing_moves(people, opened, somebody, desk, state, role):
    request = opened(False)
    bring(people, desk, request, state)
    before = request.sign_offs.count()
    actor = somebody(role)
    for verb in NEXT:
        with pytest.raises(GovernedError):
            act(verb, actor, request, desk, role)
    request.refresh_from_db()
    assert (request.state, request.sign_offs.count()) == (state, before)


@pytest.mark.parametrize("wrote", [False, True], ids=["other", "author"])
@pytest.mark.parametrize("role", [*ROLES, ""])
def test_submitting_again(people, opened, somebody, desk, role, wrote):
    request = opened(wrote)
    bring(people, desk, request, "withdrawn")
    actor = somebody(role)
    if allowed("submit", role, wrote):
        assert act("submit", actor, request, desk, role).state == "open"
    else:
        with pytest.raises(GovernedError):
            act("submit", actor, request, desk, role)


@pytest.mark.parametrize("state", ["open", "rejected"])
def test_what_waits_or_was_rejected_is_not_submitted_again(people, opened, desk, state):
    request = opened(False)
    bring(people, desk, request, state)
    with pytest.raises(GovernedError):
        act("submit", people.actor("author"), request, desk, "")
