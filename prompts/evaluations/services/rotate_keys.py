"""Encrypt the stored keys of providers anew, with the newest encryption key."""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.sealing import Unreadable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations import secrets
from prompts.evaluations.events import KEYS_ROTATED
from prompts.evaluations.models import Provider
from prompts.evaluations.policies import ProviderPolicy


@verb
def rotate_keys(*, actor: Actor) -> tuple[list[str], list[str]]:
    """Encrypts every provider's key with the newest encryption key.

    Returns the names of the providers whose keys were encrypted, and of those whose keys cannot be read with
    any encryption key: these are left as they are, and have to be entered again.
    """
    ProviderPolicy(actor).require("configure")
    done, unreadable = [], []
    for provider in Provider.objects.select_for_update().exclude(encrypted_key="").order_by("name"):
        try:
            encrypted = secrets.encrypt(secrets.decrypt(provider.encrypted_key))
        except secrets.KeyLost:
            unreadable.append(provider.name)
            continue
        # Nothing that a history shows has changed.
        Provider.objects.filter(pk=provider.pk).update(encrypted_key=encrypted)
        done.append(provider.name)
    payload = {"providers": done, "unreadable": unreadable}
    record(event=KEYS_ROTATED, actor=actor, subject_type="provider", subject="all providers", payload=payload)
    return done, unreadable


def forget_old_keys() -> None:
    """Leaves the newest encryption key alone; raises ``Conflict`` while something needs another."""
    for provider in Provider.objects.exclude(encrypted_key="").order_by("name"):
        try:
            secrets.SEAL.decrypt(provider.encrypted_key, newest_only=True)
        except Unreadable:
            raise Conflict(f"{provider.name} needs an older encryption key; it was kept.") from None
    secrets.SEAL.forget_old()
