"""Make the demo organisation, or finish one whose making was cut off."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.roles import ETHICS_OFFICER
from audits.ledger.services import integrate
from audits.notices.models import Notice
from portal.demo.evidence import bind_gate, make_schedule, make_suite, recorded_provider, store_answers
from portal.demo.people import make_people, refuse_among_real_people
from portal.demo.rules import make_rules
from portal.demo.script import DemoPrompt, House, read_houses
from portal.demo.traffic import make_calls
from portal.demo.walk import Stage, walk
from portal.demo.workers import a_worker
from portal.services.setup_portal import setup_portal
from portal.services.sign_delegation import sign_delegation
from portal.services.tell_people import tell_people
from prompts.evaluations.models import Schedule, Suite
from prompts.lifecycle.models import ApprovalRequest, Delegation
from prompts.registry.models import Collection, Prompt, Version
from prompts.registry.services.collections import create_collection
from prompts.registry.services.dimensions import set_dimension

SCHEDULED = "shop/product-recommendation"
STRICT = "clinic"
"""The house with rules of its own."""
IN_USE = ("bank/credit-decision-explanation", "clinic/triage", "shop/product-recommendation")


def is_complete() -> bool:
    """Whether everything of the script is there; cheap, since every start of the portal asks."""
    told = [prompt for house in read_houses() for prompt in house.prompts]
    names = [prompt.name for prompt in told]
    texts = sum(len(prompt.versions) for prompt in told)
    asked = sum(version.state != "draft" for prompt in told for version in prompt.versions)
    return (
        Prompt.objects.filter(name__in=names, versions__isnull=False).count() >= texts
        and ApprovalRequest.objects.filter(prompt__name__in=names).count() >= asked
        and Schedule.objects.filter(prompt__name=SCHEDULED).exists()
    )


def seed_demo(*, say: Callable[[str], None]) -> dict[str, list[dict[str, str]]]:
    """Makes what is missing and returns ``{"people": [{"username", "password", "role"}]}``.

    Runs are executed by a Celery worker: the one that is there, or one started for the time of the call.
    Raises ``RealPeople`` in a database with people of its own, ``TimeoutError`` where no worker answers.
    """
    refuse_among_real_people()
    shell = Actor.shell()
    setup_portal(actor=shell)
    logins, teams = make_people(shell)
    if is_complete():
        return logins
    recorded = recorded_provider(shell)
    passwords = {row["username"]: row["password"] for row in logins["people"]}
    stage = Stage(passwords, recorded, say)
    with a_worker():
        for house in read_houses():
            collection = Collection.objects.filter(slug=house.slug).first() or create_collection(
                actor=shell,
                slug=house.slug,
                title=house.title,
                team=teams[house.slug],
                description=house.description,
            )
            if house.slug == STRICT:
                make_rules(shell, stage, collection)
            _fill(stage, shell, house, collection)
    _delegate(stage)
    asked = [prompt for house in read_houses() for prompt in house.prompts if prompt.name in IN_USE]
    make_calls(shell, asked, say)
    scheduled = Prompt.objects.get(name=SCHEDULED)
    make_schedule(stage.actor("selma"), scheduled, recorded, Suite.objects.get(name="shop-recommendations"))
    _count_as_read()
    return logins


def _delegate(stage: Stage) -> None:
    """The ethics officer is away for a month, and a domain expert signs for her at the bank."""
    if Delegation.objects.exists():
        return
    sign_delegation(
        actor=stage.actor("runa"),
        to="jonas",
        role=ETHICS_OFFICER,
        reason="I am at two conferences this month; Jonas knows the bank's letters.",
        starts_at=None,
        ends_at=timezone.now() + timedelta(days=30),
        collection="bank",
        password=stage.passwords["runa"],
    )


def _fill(stage: Stage, shell: Actor, house: House, collection: Collection) -> None:
    for slug, values in house.dimensions.items():
        set_dimension(actor=shell, slug=slug, title=slug.capitalize(), values=values)
    for told in house.prompts:
        stage.say(told.name)
        suite = make_suite(shell, told, collection)
        walk(stage, told, suite, prepare=partial(_prepare, stage, shell, told, suite))


def _prepare(stage: Stage, shell: Actor, told: DemoPrompt, suite: Suite | None, version: Version) -> None:
    """Before a version is evaluated: its answers are on record, and production asks for the suite."""
    if suite is not None:
        store_answers(shell, told, version, stage.recorded)
        bind_gate(shell, told, suite, version.prompt)


def _count_as_read() -> None:
    """What the making itself tells is no news for anybody, also where it was told meanwhile."""
    integrate(wait=True)
    tell_people(quietly=True)
    Notice.objects.filter(read_at__isnull=True).update(read_at=timezone.now())
