"""What people are told about, as they choose it: a topic gathers kinds of events of the ledger.

Pure. Which event belongs to which topic, ``portal/tidings.py`` says.
"""

from dataclasses import dataclass
from typing import Literal

Mail = Literal["once", "daily", "never"]
ONCE, DAILY, NEVER = "once", "daily", "never"
MAILS: dict[str, str] = {ONCE: "at once", DAILY: "in the daily digest", NEVER: "never"}


@dataclass(frozen=True, slots=True)
class Topic:
    """``mail`` is what holds for whoever has chosen nothing."""

    name: str
    title: str
    mail: Mail = "daily"


ALARMS = "integrity"
"""Told from alarms and not from events: the log itself may be what is wrong."""
TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("signing", "Asked to sign", "once"),
        Topic("returned", "Changes requested, rejected"),
        Topic("approved", "Approved"),
        Topic("released", "Released, stopped, rolled back"),
        Topic("frozen", "Frozen and unfrozen"),
        Topic("retired", "Retired"),
        Topic("expiring", "Expiring, overdue"),
        Topic("break-glass", "Break-glass", "once"),
        Topic("evaluations", "Scheduled runs that did not start, budgets used up", "once"),
        Topic("comments", "Comments and mentions"),
        Topic("handed-over", "Handed over to you"),
        Topic("fragments", "Fragments that your prompts include"),
        Topic("rules", "Policies and settings"),
        Topic(ALARMS, "The audit trail itself", "once"),
    )
}
