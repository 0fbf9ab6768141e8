"""Keep the words of cases once, whatever case and run has them."""

from collections.abc import Iterable

from audits.adminkit.bulk import insert_rows
from prompts.evaluations.models import Case, CaseText
from prompts.evaluations.selectors import snapshot_of


def keep_words(cases: Iterable[Case]) -> None:
    """Points each case, which the caller saves, at its words; words that are kept already are not kept twice.

    A run that is started then has only to name the words: it need not read and digest them.
    """
    told = [(case, snapshot_of(case)) for case in cases]
    keys = [words.key for _, words in told]
    there = _kept(keys)
    new = [
        CaseText(
            key=key, digest=words.digest, name=words.name, vars=words.vars, assertions=words.assertions,
            weight=words.weight, threshold=words.threshold, tags=words.tags,
        )
        for key, (_, words) in zip(keys, told, strict=True)
        if key not in there
    ]  # fmt: skip
    # Another suite may come to the same words at this moment.
    insert_rows(new, skip_known=True)
    there |= _kept(text.key for text in new)
    for key, (case, _) in zip(keys, told, strict=True):
        case.text_id = there[key]


def _kept(keys: Iterable[str]) -> dict[str, int]:
    return dict(CaseText.objects.filter(key__in=list(keys)).values_list("key", "pk"))
