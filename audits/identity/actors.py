"""Who acts: a person, an application's key, somebody at the shell, or the portal itself."""

import getpass
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from audits.identity.models import ServiceAccount, User

Kind = Literal["person", "service", "shell", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Handed to every verb. ``roles`` are read once, when the actor is made: a new act, a new actor."""

    kind: Kind
    name: str
    roles: frozenset[str] = frozenset()
    user: User | None = None
    account: ServiceAccount | None = None
    address: str = ""
    request_id: str = ""
    os_user: str = ""
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def for_user(cls, user: Any, *, address: str = "", request_id: str = "", os_user: str = "") -> Self:
        """A person with all roles of the moment; one that was deactivated has none and may do nothing."""
        roles = user.groups.values_list("name", flat=True) if user.is_let_in else ()
        return cls(
            kind="person",
            name=user.username,
            roles=frozenset(roles),
            user=user,
            address=address,
            request_id=request_id,
            os_user=os_user,
        )

    @classmethod
    def for_account(cls, account: ServiceAccount, *, address: str = "", request_id: str = "") -> Self:
        """An application by its key."""
        return cls(kind="service", name=account.name, account=account, address=address, request_id=request_id)

    @classmethod
    def shell(cls) -> Self:
        """Whoever types a command without naming a person: may set up, seed, verify and import drafts."""
        name = getpass.getuser()
        return cls(kind="shell", name=f"shell:{name}", os_user=name)

    @classmethod
    def system(cls, name: str) -> Self:
        """A part of the portal, such as ``scheduler``."""
        return cls(kind="system", name=name)

    @property
    def role(self) -> str:
        """All roles as one text, for the ledger, with the shell's account when a person acts through it."""
        told = ",".join(sorted(name for name in self.roles if not name.startswith("team:")))
        return f"{told} via shell:{self.os_user}" if self.os_user and self.kind == "person" else told

    @property
    def is_active(self) -> bool:
        """False for a deactivated person and for a key that was revoked or has expired."""
        if self.user is not None:
            return self.user.is_let_in
        return self.account.is_live if self.account is not None else True

    def has_role(self, *roles: str) -> bool:
        """Whether the actor holds at least one of these roles."""
        return self.is_active and not self.roles.isdisjoint(roles)

    def verb(self, name: str) -> bool:
        """Whether an application's key carries the verb; always False for others."""
        return self.account is not None and self.is_active and self.account.may(name)
