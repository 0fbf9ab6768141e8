"""What verbs of this room answer besides success."""

from datetime import datetime

from audits.identity.errors import Conflict


class NameTaken(Conflict):
    """There is a prompt of that name, perhaps in another spelling of case."""

    code = "name_taken"


class StaleDraft(Conflict):
    """Somebody saved the draft after the editor had read it; nothing was overwritten."""

    code = "stale_draft"

    def __init__(self, *, who: str, when: datetime, revision: int) -> None:
        super().__init__(
            f"{who} saved this draft at {when:%Y-%m-%d %H:%M:%S} UTC, after you opened it. "
            "Nothing was overwritten.",
            field="revision",
        )
        self.who, self.when, self.revision = who, when, revision


class FrozenVersion(Conflict):
    """The version is frozen: its text is never changed, a new draft can be made from it."""

    code = "frozen_version"


class FragmentTrouble(Conflict):
    """A fragment that the text includes cannot be pinned."""

    code = "fragment"
