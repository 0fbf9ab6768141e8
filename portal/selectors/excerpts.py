"""Where the words of a search stand in a prompt's text."""

from prompts.registry.models import Prompt, PromptText
from prompts.registry.search import read_query
from prompts.registry.sensitivity import sensitive

AROUND = 70
START, END = "\x02", "\x03"


def excerpts(prompt_ids: list[int], query: str) -> dict[int, str]:
    """A piece of each text around its first hit, hits standing between STX and ETX; one query.

    None of a sensitive prompt: its text is read on its own pages, with a purpose.
    """
    terms = [term.lower() for term in read_query(query).terms]
    if not terms or not prompt_ids:
        return {}
    asks = sensitive(Prompt.objects.filter(pk__in=prompt_ids)).values("pk")
    rows = PromptText.objects.filter(pk__in=prompt_ids).exclude(pk__in=asks)
    texts = rows.values_list("pk", "body", "purpose")
    found = {key: _excerpt(body, terms) or _excerpt(purpose, terms) for key, body, purpose in texts}
    return {key: piece for key, piece in found.items() if piece}


def _excerpt(text: str, terms: list[str]) -> str:
    low = text.lower()
    places = [at for at in (low.find(term) for term in terms) if at >= 0]
    if not places or len(low) != len(text):  # some letters change their length in lower case
        return ""
    start = max(0, min(places) - AROUND)
    piece = text[start : min(places) + AROUND * 2].replace(START, "").replace(END, "")
    for term in sorted(terms, key=len, reverse=True):
        piece = _marked(piece, term)
    return f"{'…' if start else ''}{' '.join(piece.split())}…"


def _marked(piece: str, term: str) -> str:
    """Marks the term's hits outside those that are marked already."""
    parts = piece.split(START)
    told = [_plain(parts[0], term)]
    for part in parts[1:]:
        inside, _, rest = part.partition(END)
        told.append(f"{START}{inside}{END}{_plain(rest, term)}")
    return "".join(told)


def _plain(text: str, term: str) -> str:
    low, out, end = text.lower(), [], 0
    if len(low) != len(text):
        return text
    while (at := low.find(term, end)) >= 0:
        out.append(f"{text[end:at]}{START}{text[at : at + len(term)]}{END}")
        end = at + len(term)
    return "".join([*out, text[end:]])
