"""Setting what a tier's documentation must hold."""

import pytest
from django.db import DatabaseError, connection, transaction

from audits.identity.errors import Refused, Unacceptable
from audits.ledger.models import Event
from prompts.registry.models import DocumentationStandard
from prompts.registry.selectors import standards
from prompts.registry.services.standards import ensure_default_standards, set_standard

ASKED = [{"name": "purpose", "least": 40}]
EVERYBODY_ELSE = ("author", "steward", "expert", "ethics_officer", "documentarian", "auditor", "service")


def test_a_new_portal_has_a_standard_for_every_tier(house):
    told = standards()
    assert set(told) == {"minimal", "limited", "high"}
    assert len(told["minimal"].sections) < len(told["limited"].sections) < len(told["high"].sections) == 10


def test_an_administrator_changes_it_and_it_is_recorded(people):
    row = set_standard(actor=people.actor("administrator"), risk_tier="high", sections=ASKED)
    event = Event.objects.get(event="registry.standard.set", actor="admin")
    assert (row.version, event.subject, row.history.count()) == (2, "high", 2)
    assert row.told().label == "high@2"


def test_the_same_again_changes_nothing(people):
    for _ in range(2):
        row = set_standard(actor=people.actor("administrator"), risk_tier="high", sections=ASKED)
    assert (row.version, Event.objects.filter(event="registry.standard.set", actor="admin").count()) == (2, 1)


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_nobody_else_sets_it(people, who):
    with pytest.raises(Refused):
        set_standard(actor=people.actor(who), risk_tier="high", sections=[])
    assert DocumentationStandard.objects.get(risk_tier="high").version == 1


@pytest.mark.parametrize("wrong", [{"risk_tier": "huge"}, {"sections": [{"name": "mood", "least": 1}]}])
def test_what_makes_no_sense_is_refused(people, wrong):
    with pytest.raises(Unacceptable):
        set_standard(
            **{"actor": people.actor("administrator"), "risk_tier": "high", "sections": ASKED, **wrong}
        )


def test_what_people_set_survives_the_next_start(people, shell):
    set_standard(actor=people.actor("administrator"), risk_tier="high", sections=[])
    assert ensure_default_standards(actor=shell) == []
    assert standards()["high"].sections == ()


@pytest.mark.parametrize("table", ["registry_historicaldocumentationstandard", "registry_historicalprompt"])
def test_its_history_cannot_be_changed(people, factory, table):
    factory.draft()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608
