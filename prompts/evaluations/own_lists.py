"""All word lists there are: the portal's own, by language, and those that people keep in it, by name."""

from audits.identity.errors import Unacceptable
from prompts.evaluations.fairness.word_lists import WordLists, languages, lists_in, read_lists
from prompts.evaluations.models import WordList


def list_names() -> list[tuple[str, str]]:
    """Names with what is shown of them: languages first, then kept lists in use."""
    kept = WordList.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)
    own = [(name, f"{name} (own)") for name in kept]
    return [(one, f"{lists_in(one).language} ({one})") for one in languages()] + own


def lists_named(name: str) -> WordLists:
    """The lists of that name; raises ``Unacceptable`` where there are none in use."""
    if name in languages():
        return lists_in(name)
    row = WordList.objects.filter(name=name[:80], is_active=True).first()
    if row is None:
        told = ", ".join(one for one, _ in list_names())
        raise Unacceptable(f"There are lists named {told}.", field="language")
    return read_lists(row.text)
