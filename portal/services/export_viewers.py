"""Who could see a prompt at a moment, as a file; that it was made is an entry."""

from collections.abc import Iterator
from datetime import datetime

from audits.exports.formats import csv_line
from audits.exports.policies import TrailPolicy
from audits.identity.actors import Actor
from audits.identity.verbs import verb
from audits.ledger.services import record
from audits.ledger.services.record_event import timestamp
from portal.events import VIEWERS_EXPORTED
from portal.selectors.viewers import Viewers, viewers_at
from prompts.registry.models import Prompt

COLUMNS = ("moment", "prompt", "kind", "name", "printed_name", "reason", "since", "given_by", "unsure")


@verb
def export_viewers(*, actor: Actor, prompt: Prompt, at: datetime | None = None) -> str:
    """CSV with one line for each reason, and after them one for each thing that cannot be told.

    Raises ``Refused`` for whoever does not export the whole trail.
    """
    TrailPolicy(actor).require("verify")  # the right of those who read all of it
    found = viewers_at(prompt, at)
    record(
        event=VIEWERS_EXPORTED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        payload={"moment": timestamp(found.at), "people": len(found.people), "keys": len(found.keys)},
    )
    return "".join(_lines(prompt, found))


def _lines(prompt: Prompt, found: Viewers) -> Iterator[str]:
    yield csv_line(COLUMNS)
    about = (timestamp(found.at), prompt.name)
    for one in [*found.people, *found.keys]:
        for why in one.reasons:
            since = timestamp(why.since) if why.since else ""
            yield csv_line((*about, one.kind, one.name, one.printed, why.words, since, why.by, why.unsure))
    for words in filter(None, [found.over, *found.untold]):
        yield csv_line((*about, "untold", "", "", words, "", "", ""))
