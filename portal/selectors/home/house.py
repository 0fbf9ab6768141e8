"""The sections about the record and the house, for those who audit and configure."""

from django.urls import reverse

from audits.identity.actors import Actor
from audits.identity.roles import READS_TRAIL
from audits.ledger.models import Verification
from portal.frame_address import address
from portal.selectors.home import deciding, record
from portal.selectors.home.parts import Figure, Link, Section
from portal.waiting import newest_checkpoint

FEW = 5


def entries(actor: Actor) -> Section:
    """The newest entries of the ledger."""
    trail = address("admin:trail")
    return Section(
        id="entries",
        title="Newest entries",
        template="portal/home/events.html",
        rows=record.newest_events(),
        more=Link("The whole trail", trail) if trail else None,
        empty="Nothing is on record yet.",
        figure=Figure("Entries", f"{record.entries_since():,}", "last 7 days", url="#entries"),
    )


def proof(actor: Actor) -> Section:
    """The newest checkpoint, what it does not cover yet, and what the last verification found."""
    newest, pending = newest_checkpoint(), record.pending()
    page = address("admin:trail-verification") if actor.has_role(*READS_TRAIL) else ""
    last = Verification.objects.filter(finished_at__isnull=False).order_by("-finished_at", "-pk").first()
    size = f"{newest.size:,}" if newest else "0"
    waits = {0: "nothing waits", 1: "1 entry waits"}.get(pending, f"{pending:,} entries wait")
    return Section(
        id="proof",
        title="Proof",
        template="portal/home/proof.html",
        rows=[(newest, last)] if newest else [],
        more=Link("Verification", page) if page else None,
        aside=f"{waits} for the next checkpoint",
        empty="No checkpoint was signed yet. The worker signs one within a minute of the first entry.",
        figure=Figure(
            "Entries proven",
            size,
            f"{pending} {'waits' if pending == 1 else 'wait'} for the next checkpoint",
            url="#proof",
        ),
    )


def refusals(actor: Actor) -> Section:
    """Acts that were refused."""
    found = record.refused_acts()
    return Section(
        id="refusals",
        title="Refused acts",
        template="portal/home/refusals.html",
        rows=record.sentences(found[:FEW]),
        aside="7 days",
        empty="Nobody was refused anything in the last 7 days.",
        figure=Figure("Refused acts", str(found.count()), "last 7 days", url="#refusals"),
    )


def sign_ins(actor: Actor) -> Section:
    """Refused sign-ins."""
    rows = record.refused_sign_ins()
    return Section(
        id="sign-ins",
        title="Refused sign-ins",
        template="portal/home/sign_ins.html",
        rows=rows,
        aside="24 hours",
        empty="Every sign-in of the last 24 hours succeeded.",
        figure=Figure(
            "Refused sign-ins",
            str(sum(int(str(row["times"])) for row in rows)),
            "last 24 hours",
            url="#sign-ins",
        ),
    )


def keys(actor: Actor) -> Section:
    """Keys that end soon."""
    rows = list(record.keys_ending()[:FEW])
    return Section(
        id="keys",
        title="Keys that end soon",
        template="portal/home/keys.html",
        rows=rows,
        aside="30 days",
        empty="No key ends within 30 days.",
        figure=Figure("Keys that end", str(len(rows)), "within 30 days", url="#keys"),
    )


def second_person(actor: Actor) -> Section:
    """Proposals of others that the actor may confirm or refuse."""
    rows = deciding.to_confirm(actor)
    return Section(
        id="second",
        title="Waiting for a second person",
        template="portal/home/second_person.html",
        rows=rows,
        empty="Nobody proposed anything that you could confirm: a policy, a gate, a role, a password.",
    )


def roleless(actor: Actor) -> Section:
    """People without a role."""
    rows = list(record.people_without_role()[:FEW])
    return Section(
        id="roleless",
        title="People without a role",
        template="portal/home/people.html",
        rows=rows,
        empty="Everybody who may sign in holds a role.",
        next=Link("All people", reverse("admin:identity_user_changelist")),
    )


def own_acts(actor: Actor) -> Section:
    """What the person did last."""
    return Section(
        id="acts",
        title="Your last acts",
        template="portal/home/events.html",
        rows=record.events_of(actor.name),
        empty="You have done nothing on record yet.",
    )
