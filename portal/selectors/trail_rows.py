"""The audit trail as a person may see it, a page at a time."""

from dataclasses import dataclass

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, Left, Length, Reverse, StrIndex

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import READS_TRAIL
from audits.ledger.events import kinds
from audits.ledger.faults import GONE, fault_of
from audits.ledger.models import Checkpoint, Event
from audits.ledger.selectors import erasures_of, place_of
from prompts.evaluations.models import Run
from prompts.registry.former_names import named
from prompts.registry.models import Prompt

ROWS = 50
COUNTED = 1000
ABOUT_PROMPTS = ("prompt", "version", "release")
"""Subject types whose subject begins with a prompt's name: ``name``, ``name@3``, ``name@3 to production``."""


def visible_events(actor: Actor) -> QuerySet[Event]:
    """The events that the actor may see: with some roles all, else those about prompts that he may see.

    What concerns people, keys and configuration is for the readers of the whole trail.
    """
    if actor.has_role(*READS_TRAIL):
        return Event.objects.all()
    prompts = Prompt.objects.visible_to(actor)
    runs = Run.objects.filter(prompt__in=prompts.values("pk"))
    labels = runs.annotate(label=Concat(Value("run "), Cast("pk", CharField()))).values("label")
    before_at = Left("subject", Length("subject") - StrIndex(Reverse("subject"), Value("@")))
    name = Case(When(subject_type="prompt", then=F("subject")), default=before_at)
    about = Q(subject_type__in=ABOUT_PROMPTS) & named(prompts, "prompt_name")
    return Event.objects.annotate(prompt_name=name).filter(about | Q(subject_type="run", subject__in=labels))


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the list. ``proof`` is proven, next or bad; ``fault`` says what is bad.

    ``erased`` is the entry that tells who erased this one's content.
    """

    event: Event
    position: int | None
    who: str
    proof: str
    fault: str
    erased: Event | None = None

    @property
    def roles(self) -> str:
        """The actor's roles at the time, as words."""
        return self.event.role.replace(",", ", ").replace("-", " ")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of the trail, newest first. ``count`` is exact up to ``COUNTED``, above it is None."""

    rows: list[Row]
    older: int | None
    count: int | None


def stretch(events: QuerySet[Event], head: Checkpoint | None, before: int | None) -> Stretch:
    """Up to ``ROWS`` events with a number below ``before``: few queries, however long the log is."""
    page = events.select_related("leaf").order_by("-id")
    found = list((page.filter(id__lt=before) if before else page)[: ROWS + 1])
    counted = events.order_by()[: COUNTED + 1].count()
    rows = rows_of(found[:ROWS], head)
    older = found[ROWS - 1].pk if len(found) > ROWS else None
    return Stretch(rows, older, counted if counted <= COUNTED else None)


def rows_of(events: list[Event], head: Checkpoint | None) -> list[Row]:
    """The rows of these events: each is checked against its recorded bytes and its leaf."""
    people = {event.actor for event in events if event.actor_type == "person"}
    names = dict(User.objects.filter(username__in=people).values_list("username", "full_name"))
    places = [leaf.position for event in events if event.payload is None and (leaf := place_of(event))]
    erased = erasures_of(places) if places else {}
    return [_row(event, head, names, erased) for event in events]


def _row(event: Event, head: Checkpoint | None, names: dict[str, str], erased: dict[int, Event]) -> Row:
    leaf = place_of(event)
    fault = fault_of(event, leaf.leaf_hash if leaf else None)
    by = erased.get(leaf.position) if leaf else None
    fault = "" if by is not None and fault == GONE else fault
    signed = leaf is not None and head is not None and leaf.position < head.size
    who = names.get(event.actor, event.actor) if event.actor_type == "person" else event.actor
    proof = "bad" if fault else "proven" if signed else "next"
    return Row(event, leaf.position if leaf else None, who, proof, fault, by)


@dataclass(frozen=True, slots=True)
class Act:
    """A kind of entry as the filter offers it: under its room, in the words of its sentence."""

    kind: str
    room: str
    words: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: kinds, and actors as (name in the ledger, printed name)."""

    kinds: list[str]
    actors: list[tuple[str, str]]

    @property
    def acts(self) -> list[Act]:
        """The kinds in words, room by room."""
        return sorted(map(_act, self.kinds), key=lambda act: (act.room, act.words))


def _act(name: str) -> Act:
    kind = kinds().get(name)
    words = kind.sentence if kind else name
    words = words.removeprefix("{actor} ").replace("{actor}", "somebody").replace("{subject}", "…")
    return Act(name, name.partition(".")[0].capitalize(), words[:1].upper() + words[1:])


def choices(events: QuerySet[Event]) -> Choices:
    """What occurs among the newest thousands of these events."""
    newest = set(events.order_by("-id").values_list("event", "actor")[: 5 * COUNTED])
    actors = {actor for _, actor in newest}
    names: dict[str, str] = dict(
        User.objects.filter(username__in=actors).values_list("username", "full_name")
    )
    told = sorted(((actor, names.get(actor) or actor) for actor in actors), key=lambda pair: pair[1].lower())
    return Choices(sorted({kind for kind, _ in newest}), told)
