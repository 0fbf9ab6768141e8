"""Whether a provider's address can be asked at all. Pure: where it leads is judged at each call."""

from urllib.parse import urlsplit

from prompts.evaluations.providers.answers import ProviderFault

WORDS = "The base URL starts with http:// or https://, is one that can be asked, and holds no password."


def address_fault(url: str) -> str:
    """What is wrong with its shape, in words; empty where nothing is.

    The HTTP client has its own idea of an address: it takes no ``http://0177.0.0.1/``, for one.
    """
    import httpx2  # heavy: loaded when first needed

    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
        httpx2.URL(url)
    except (ValueError, httpx2.InvalidURL):
        fine = False
    return "" if fine else WORDS


def require_address(url: str) -> None:
    """Raises ``ProviderFault`` for an address that cannot be asked: a run goes on with that as its error."""
    if words := address_fault(url):
        raise ProviderFault(words, "bad_address")
