"""What may stand in a provider's settings: addresses, keys, and no secret in clear."""

from urllib.parse import urlsplit

from audits.identity.errors import Unacceptable
from prompts.evaluations.models import Provider
from prompts.evaluations.providers.address import address_fault
from prompts.evaluations.providers.in_clear import secret_in, secret_in_text
from prompts.evaluations.providers.keys import PART, key_fault
from prompts.evaluations.providers.templates import PLACEHOLDER, used_in
from prompts.registry.texts import check_text

KEPT = "Settings are shown and their history is kept: write it under Key, where it is encrypted"
INSTEAD = (
    ", and fill it in here as {{key}}, such as “Bearer {{key}}”; several are written there as a JSON object, "
    "and {{key.name}} is one of them"
)


def check_address(raw: object, kind: str) -> str:
    """A base URL's shape; where it leads is judged at each call, since names move.

    An HTTP provider's may hold ``{{key}}`` behind the host, for an endpoint that takes it nowhere else.
    """
    text = check_text(raw, "base_url", longest=400)
    shape = PLACEHOLDER.sub("key", text) if kind == Provider.Kind.HTTP else text
    if text and (words := address_fault(shape) or _misplaced(text, kind)):
        raise Unacceptable(words, field="base_url")
    return text


def _misplaced(url: str, kind: str) -> str:
    """What is wrong with the placeholders of an address, in words."""
    names = PLACEHOLDER.findall(url) if kind == Provider.Kind.HTTP else []
    if any(name.partition(".")[0] != "key" for name in names):
        return "Only {{key}} is filled into an address."
    return "The host of an address is written out." if names and "{" in urlsplit(url).netloc else ""


def check_no_secret(provider: Provider) -> None:
    """Raises ``Unacceptable``, naming the field, where a secret stands in clear."""
    kept = KEPT + (INSTEAD if provider.kind == Provider.Kind.HTTP else "")
    if place := secret_in(provider.parameters):
        raise Unacceptable(f"{place[:100]} holds what looks like a secret. {kept}.", field="parameters")
    for field, what, told in (("base_url", "address", kept), ("note", "note", KEPT)):
        if secret_in_text(getattr(provider, field)):
            raise Unacceptable(f"The {what} holds what looks like a secret. {told}.", field=field)


def asked_parts(provider: Provider) -> set[str]:
    """The parts of the key that an HTTP provider's settings fill in; none of another kind."""
    if provider.kind != Provider.Kind.HTTP:
        return set()
    found = used_in(provider.parameters) | set(PLACEHOLDER.findall(provider.base_url))
    return {name for name in found if name.startswith(PART)}


def check_key(raw: str, provider: Provider) -> str:
    """The key without space around it; it has every part that the provider's settings ask for."""
    key = raw.strip()
    if words := key_fault(key, asked_parts(provider)):
        raise Unacceptable(words, field="key")
    return key
