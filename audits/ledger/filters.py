"""Which part of the log is asked for: by the trail page, the command and the export alike."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.dateparse import parse_date, parse_datetime

from audits.ledger.models import Event


class BadFilter(ValueError):
    """A value of the filter cannot be read; ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """All empty means everything.

    ``subject`` is a thing's name, with its versions and releases; ``event`` a kind or its beginning
    (``releases`` or ``releases.release``), or several with commas between them; ``words`` is looked for in
    subject, reason and payload. The types part what bears the same name: a person and a key.
    """

    since: datetime | None = None
    until: datetime | None = None
    subject: str = ""
    actor: str = ""
    event: str = ""
    words: str = ""
    actor_type: str = ""
    subject_type: str = ""

    @classmethod
    def read(
        cls,
        *,
        since: str = "",
        until: str = "",
        subject: str = "",
        actor: str = "",
        event: str = "",
        words: str = "",
        actor_type: str = "",
        subject_type: str = "",
        zone: tzinfo = UTC,
    ) -> "TrailFilter":
        """From what somebody typed; a day counts from begin to end in ``zone``. Raises ``BadFilter``."""
        texts = {"subject": subject, "actor": actor, "event": event, "words": words}
        texts |= {"actor_type": actor_type, "subject_type": subject_type}
        for name, text in texts.items():
            if "\0" in text or len(text) > 400:
                raise BadFilter(name, f"{name}: at most 400 characters, and no NUL.")
        return cls(_moment("since", since, zone, end=False), _moment("until", until, zone, end=True), **texts)

    def as_dict(self) -> dict[str, str]:
        """What was asked for, without what was left empty; goes into the event of an export."""
        texts = ("subject", "actor", "event", "words", "actor_type", "subject_type")
        found = {name: getattr(self, name) for name in texts}
        found |= {name: moment.isoformat() for name in ("since", "until") if (moment := getattr(self, name))}
        return {name: value for name, value in found.items() if value}

    def apply(self, rows: QuerySet[Event]) -> QuerySet[Event]:
        """The rows that were asked for, in whatever order they come."""
        if self.since:
            rows = rows.filter(recorded_at__gte=self.since)
        if self.until:
            rows = rows.filter(recorded_at__lt=self.until)
        if self.actor:
            rows = rows.filter(actor=self.actor)
        if self.actor_type:
            rows = rows.filter(actor_type=self.actor_type)
        if self.subject_type:
            rows = rows.filter(subject_type=self.subject_type)
        if kinds := [kind.strip() for kind in self.event.split(",") if kind.strip()]:
            begins = (Q(event__startswith=kind.rstrip(".") + ".") for kind in kinds)
            rows = rows.filter(reduce(or_, begins, Q(event__in=kinds)))
        if self.subject:
            start = Value(f"{self.subject}@")
            # Not startswith: SQLite's LIKE ignores case, and names that differ in case are two things.
            part = Exact(Left("subject", len(self.subject) + 1), start)
            rows = rows.filter(Q(subject=self.subject) | Q(part))
        if self.words:
            found = Q(subject__icontains=self.words) | Q(reason__icontains=self.words)
            rows = rows.filter(found | Q(payload__icontains=self.words) | Q(event__icontains=self.words))
        return rows


def _moment(field: str, text: str, zone: tzinfo, *, end: bool) -> datetime | None:
    """A day (as its begin, or with ``end`` as the begin of the next) or a time, which needs no zone."""
    text = text.strip()
    if not text:
        return None
    try:
        if day := parse_date(text):
            begin = datetime(day.year, day.month, day.day, tzinfo=zone)
            return begin + timedelta(days=1) if end else begin
        moment = parse_datetime(text)
        if moment is not None:
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        pass
    raise BadFilter(
        field, f"{field}: {text[:40]!r} is no date; write 2026-03-17 or 2026-03-17T09:00:00+01:00."
    )
