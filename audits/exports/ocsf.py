"""An entry as an event of the Open Cybersecurity Schema Framework, for a SIEM. Pure.

After OCSF 1.6 (schema.ocsf.io): base event, API Activity 6003, Authentication 3002, Account Change 3001, User
Access Management 3005, Group Management 3006. ``REQUIRED`` is what these classes ask for; what has no field
of its own stands under ``unmapped``. docs/exports.md has the table for readers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

SCHEMA = "1.6.0"
BASE = ("activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid")
AUTHENTICATION, ACCOUNT, ACCESS, GROUP, API = 3002, 3001, 3005, 3006, 6003
REQUIRED: dict[int, tuple[str, ...]] = {
    AUTHENTICATION: (*BASE, "user", "service"),
    ACCOUNT: (*BASE, "user"),
    ACCESS: (*BASE, "user", "privileges"),
    GROUP: (*BASE, "group", "user"),
    API: (*BASE, "actor", "api", "src_endpoint"),
}
"""Required fields by class; for "at least one of" the one that is always written here."""
CAPTIONS = {
    AUTHENTICATION: "Authentication",
    ACCOUNT: "Account Change",
    ACCESS: "User Access Management",
    GROUP: "Group Management",
    API: "API Activity",
}
OTHER = 99


class Family(NamedTuple):
    """A beginning of event names, with the class and the activity that they are told as."""

    start: str
    class_uid: int
    activity_id: int


FAMILIES = (
    Family("identity.session.opened", AUTHENTICATION, 1),
    Family("identity.session.refused", AUTHENTICATION, 1),
    Family("identity.session.ended", AUTHENTICATION, 2),
    Family("identity.factor.refused", AUTHENTICATION, OTHER),
    Family("identity.code.", AUTHENTICATION, OTHER),
    Family("identity.factor.added", ACCOUNT, 10),
    Family("identity.factor.removed", ACCOUNT, 11),
    Family("identity.codes.", ACCOUNT, OTHER),
    Family("identity.user.created", ACCOUNT, 1),
    Family("identity.user.", ACCOUNT, OTHER),
    Family("identity.key.created", ACCOUNT, 1),
    Family("identity.key.revoked", ACCOUNT, 5),
    Family("identity.key.suspended", ACCOUNT, 5),
    Family("identity.key.", ACCOUNT, OTHER),
    Family("identity.password.set", ACCOUNT, 3),
    Family("identity.password.", ACCOUNT, 4),
    Family("identity.access.ended", ACCOUNT, 5),
    Family("identity.lock.", ACCOUNT, OTHER),
    Family("identity.roles.", ACCESS, OTHER),
    Family("identity.proposal.confirmed", ACCESS, 1),
    Family("identity.proposal.", ACCESS, OTHER),
    Family("registry.right.granted", ACCESS, 1),
    Family("registry.right.revoked", ACCESS, 2),
    Family("identity.team.", GROUP, OTHER),
    Family("", API, OTHER),
)
"""The first that fits counts; governance acts are calls of the portal's own API."""

ACTIVITIES = (
    (("created", "opened", "made", "written", "started", "recorded", "linked", "imported", "generated"), 1),
    (("exported", "verified", "fetched"), 2),
    (("removed", "discarded", "withdrawn", "retired", "unlinked", "archived", "expired"), 4),
    (("refused", "stopped", "counted"), OTHER),
)
"""Activities of API calls (1 create, 2 read, 4 delete) by how an event's name ends; all else is 3, update."""
FAILURES = ("refused", "stopped", "failed", "counted")
SEVERE = ("refused", "stopped", "failed", "counted", "suspended", "releases.prompt.frozen", "disabled")
INFORMATIONAL, MEDIUM = 1, 3
USER_TYPES = {"person": 1, "service": 4, "shell": 2, "system": 3}


def family_of(event: str) -> Family:
    """The class and the activity of a kind of event."""
    found = next(family for family in FAMILIES if event.startswith(family.start))
    if found.class_uid != API:
        return found
    end = event.rpartition(".")[2]
    activity = next((number for words, number in ACTIVITIES if end in words), 3)
    return found._replace(activity_id=activity)


def ocsf_event(row: Mapping[str, Any]) -> dict[str, Any]:
    """The event of one row of the trail (``formats.Row``)."""
    name = str(row["event"])
    family = family_of(name)
    moment = datetime.fromisoformat(str(row["time"]))
    failed = name.endswith(FAILURES)
    told: dict[str, Any] = {
        "activity_id": family.activity_id,
        "category_uid": family.class_uid // 1000,
        "class_uid": family.class_uid,
        "class_name": CAPTIONS[family.class_uid],
        "type_uid": family.class_uid * 100 + family.activity_id,
        "time": int(moment.timestamp() * 1000),
        "severity_id": MEDIUM if name.endswith(SEVERE) else INFORMATIONAL,
        "status_id": 2 if failed else 1,
        "message": f"{row['actor']}: {name} {row['subject']}",
        "metadata": {
            "version": SCHEMA,
            "product": {"name": "Imprimatur", "vendor_name": "Imprimatur"},
            "uid": row["uuid"],
            "sequence": row["position"],
            "log_name": "audit trail",
            "event_code": name,
        },
        "actor": {"user": _user(row)},
        "src_endpoint": {"ip": row["address"]} if row["address"] else {"name": row["actor_type"]},
        "unmapped": {
            key: row[key]
            for key in ("position", "role", "subject_type", "subject", "reason", "payload", "leaf_hash")
        },
        **_special(family, row),
    }
    if row["reason"]:
        told["status_detail"] = row["reason"]
    return told


def _user(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(row["actor_type"])
    roles = [{"name": role} for role in str(row["role"]).split(",") if role]
    user: dict[str, Any] = {"name": row["actor"], "type_id": USER_TYPES.get(kind, OTHER), "type": kind}
    return {**user, "groups": roles} if roles else user


def _special(family: Family, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the class asks for beyond the base."""
    subject = {"name": row["subject"] or row["actor"]}
    if family.class_uid == AUTHENTICATION:
        return {"user": subject, "service": {"name": "Imprimatur"}}
    if family.class_uid == ACCOUNT:
        return {"user": subject}
    if family.class_uid == ACCESS:
        payload = row["payload"] or {}
        held = payload.get("rights") or payload.get("roles") or [row["event"]]
        who = {"name": str(payload.get("to") or row["subject"])}
        resource = [{"name": row["subject"], "type": row["subject_type"]}]
        return {"user": who, "privileges": [str(one) for one in held], "resources": resource}
    if family.class_uid == GROUP:
        return {"group": subject, "user": {"name": row["actor"]}}
    api: dict[str, Any] = {"operation": row["event"], "service": {"name": "Imprimatur"}}
    if row["request_id"]:
        api["request"] = {"uid": row["request_id"]}
    return {"api": api, "resources": [{"name": row["subject"], "type": row["subject_type"]}]}
