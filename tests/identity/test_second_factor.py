"""The second factor: codes serve once, wrong ones are counted, nobody takes away his own by a reset."""

import pytest

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.models import OpenSession, RecoveryCode, SecondFactor
from audits.identity.services.open_sessions import note_session
from audits.identity.services.second_factor import (
    MOST_WRONG,
    RECOVERY,
    TOTP,
    begin_factor,
    check_code,
    confirm_factor,
    factor_of,
    remove_factor,
    renew_codes,
    reset_factor,
)
from audits.identity.services.step_up import PASSWORD as BY_PASSWORD
from audits.identity.services.step_up import SECOND_FACTOR, WrongPassword, methods_of, step_up
from audits.ledger.models import Event
from tests.identity.factors import App
from tests.people import PASSWORD, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def expert(people: People) -> Actor:
    return people.actor("expert")


@pytest.fixture
def app(expert: Actor) -> App:
    return App(expert)


def heard(kind: str) -> int:
    return Event.objects.filter(event=kind).count()


def test_nothing_counts_before_the_first_code(expert: Actor) -> None:
    begin_factor(actor=expert)
    assert factor_of(expert.user) is None
    with pytest.raises(Unacceptable):
        confirm_factor(actor=expert, code="000000x")
    assert (factor_of(expert.user), methods_of(expert.user)) == (None, (BY_PASSWORD,))


def test_the_secret_is_not_readable_in_the_database(app: App) -> None:
    assert app.totp.secret not in SecondFactor.objects.get().secret
    assert not RecoveryCode.objects.filter(digest__in=app.recovery).exists()


def test_a_code_serves_once(app: App, expert: Actor) -> None:
    assert check_code(actor=expert, user=expert.user, code=app.code()) == TOTP
    with pytest.raises(Refused, match="used before"):
        check_code(actor=expert, user=expert.user, code=app.used())
    assert heard("identity.factor.refused") == 1


@pytest.mark.parametrize(
    "typed", ["", "12345", "\uff11\uff12\uff13\uff14\uff15\uff16", "abcdef", "0" * 400, "\0"]
)
def test_what_is_no_code_is_refused(app: App, expert: Actor, typed: str) -> None:
    with pytest.raises(Refused):
        check_code(actor=expert, user=expert.user, code=typed)


@pytest.mark.requirement("21-cfr-11/300")
def test_after_too_many_wrong_codes_a_right_one_waits_too(app: App, expert: Actor) -> None:
    for _ in range(MOST_WRONG):
        with pytest.raises(Refused):
            check_code(actor=expert, user=expert.user, code="nonsense")
    with pytest.raises(Refused, match="Too many"):
        check_code(actor=expert, user=expert.user, code=app.code())


def test_a_recovery_code_serves_once_however_it_is_typed(app: App, expert: Actor) -> None:
    code = app.recovery[3]
    assert check_code(actor=expert, user=expert.user, code=code.lower().replace("-", " ")) == RECOVERY
    with pytest.raises(Refused):
        check_code(actor=expert, user=expert.user, code=code)
    assert heard("identity.code.used") == 1


def test_new_recovery_codes_replace_the_old_ones(app: App, expert: Actor) -> None:
    fresh = renew_codes(actor=expert, code=app.code())
    with pytest.raises(Refused):
        check_code(actor=expert, user=expert.user, code=app.recovery[0])
    assert check_code(actor=expert, user=expert.user, code=fresh[0]) == RECOVERY
    assert heard("identity.codes.renewed") == 1


def test_taking_it_away_needs_a_code(app: App, expert: Actor) -> None:
    with pytest.raises(Refused):
        remove_factor(actor=expert, code="000")
    remove_factor(actor=expert, code=app.code())
    assert (factor_of(expert.user), heard("identity.factor.removed")) == (None, 1)
    with pytest.raises(Conflict):
        remove_factor(actor=expert, code="000")


@pytest.mark.requirement("21-cfr-11/200-a-3")
def test_an_administrator_resets_that_of_others_which_ends_their_sessions(
    app: App, expert: Actor, people: People
) -> None:
    note_session({}, expert.user, method="password")
    reset_factor(actor=people.actor("administrator"), user=expert.user, reason="Phone lost, seen in person.")
    assert factor_of(expert.user) is None
    assert not OpenSession.objects.filter(user=expert.user, ended_at__isnull=True).exists()


def test_nobody_resets_his_own_and_others_reset_none(app: App, expert: Actor, people: People) -> None:
    administrator = people.actor("administrator")
    App(administrator)
    with pytest.raises(Refused, match="his own"):
        reset_factor(actor=administrator, user=administrator.user, reason="I lost it.")
    with pytest.raises(Refused):
        reset_factor(actor=people.actor("steward"), user=expert.user, reason="He asked.")
    with pytest.raises(Unacceptable):
        reset_factor(actor=administrator, user=expert.user, reason=" ")


def test_step_up_tells_how(expert: Actor) -> None:
    assert step_up(actor=expert, password=PASSWORD).method == BY_PASSWORD
    app = App(expert)
    assert step_up(actor=expert, password=PASSWORD, code=app.code()).method == SECOND_FACTOR
    assert methods_of(expert.user) == (SECOND_FACTOR,)


@pytest.mark.requirement("21-cfr-11/200-a")
def test_step_up_wants_both(app: App, expert: Actor) -> None:
    with pytest.raises(WrongPassword):
        step_up(actor=expert, password="wrong", code=app.code())
    with pytest.raises(Refused, match="as well"):
        step_up(actor=expert, password=PASSWORD)
    with pytest.raises(Refused, match="fit"):
        step_up(actor=expert, password=PASSWORD, code="000")


def test_a_role_may_demand_it(expert: Actor, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["domain-expert"]
    with pytest.raises(Refused, match="second factor"):
        step_up(actor=expert, password=PASSWORD)
