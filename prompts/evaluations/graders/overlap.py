"""How much of a reference's wording an output shares: ``bleu``, ``gleu``, ``rouge-n``, ``meteor``.

The figures are those of the reference libraries (nltk for all but ROUGE's counting) over promptfoo's ways of
splitting words; where its figure differs from a library's, promptfoo's is given and the reason stands beside.
"""

from collections import Counter
from collections.abc import Callable
from math import exp, log
from typing import Any

from prompts.evaluations.graders import javascript, values, wordnet
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, scored

ORDERS = 4
NEVER = 1e-7
"""What promptfoo takes for a precision of 0: an order without a match does not erase the others."""
MOST_WORDS = 100_000
MOST_CHARACTERS = 1_000_000


def _bounded(words: list[str]) -> list[str]:
    if len(words) > MOST_WORDS:
        raise CannotGrade(f"the texts have more than {MOST_WORDS:,} words")
    return words


def _counts(words: list[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def bleu_score(output: str, references: list[str]) -> float:
    """BLEU (Papineni et al. 2002) of one sentence, orders 1 to 4 as far as the output has that many words.

    Clipped by the best single reference; nltk clips each n-gram by its best reference, which is the same for
    one.
    """
    words = _bounded(javascript.words(output.lower()))
    told = [split for one in references if (split := _bounded(javascript.words(one.lower())))]
    if not words or not told:
        return 0.0
    total, used = 0.0, 0
    for size in range(1, min(ORDERS, len(words)) + 1):
        mine = _counts(words, size)
        best = max((mine & _counts(one, size)).total() for one in told)
        total += log(best / mine.total() if best else NEVER)
        used += 1
    closest = min((len(one) for one in told), key=lambda size: (abs(size - len(words)), size))
    brevity = 1.0 if len(words) > closest else exp(1 - closest / len(words))
    return brevity * exp(total / used)


def gleu_score(output: str, references: list[str]) -> float:
    """GLEU (Wu et al. 2016): the lesser of precision and recall over all n-grams of 1 to 4 words."""
    from nltk.translate.gleu_score import sentence_gleu

    words, told = _without_stops(output), [_without_stops(one) for one in references]
    if not words:
        return 0.0
    return max(float(sentence_gleu([one], words)) if one else 0.0 for one in told)


def _without_stops(raw: str) -> list[str]:
    found = [word.rstrip(".") for word in javascript.words(raw.lower())]
    return _bounded(found) if any(found) else []


def rouge_score(output: str, reference: str) -> float:
    """ROUGE-1 (Lin 2004): the F1 of shared words, split as the Penn Treebank does, case aside."""
    from nltk.tokenize.treebank import TreebankWordTokenizer

    split = TreebankWordTokenizer().tokenize
    mine, theirs = (Counter(_bounded(split(text.lower()))) for text in (output, reference))
    shared = (mine & theirs).total()
    return 2 * shared / (mine.total() + theirs.total()) if shared else 0.0


def meteor_score(output: str, references: list[str], told: dict[str, Any]) -> float:
    """METEOR (Banerjee and Lavie 2005): words, Porter stems, WordNet's synonyms; of the best reference.

    ``alpha``, ``beta`` and ``gamma`` as in the paper; ``"synonyms": false`` leaves the last stage out.
    """
    from nltk.stem.porter import PorterStemmer
    from nltk.translate.meteor_score import single_meteor_score

    weights = {
        name: values.number(told.get(name, default), name)
        for name, default in (("alpha", 0.9), ("beta", 3.0), ("gamma", 0.5))
    }
    stemmer = PorterStemmer(mode=PorterStemmer.MARTIN_EXTENSIONS)
    words = _cut(output)

    def score(reference: list[str]) -> float:
        alone = told.get("synonyms") is False or not _left(words, reference, stemmer.stem)
        known = wordnet.NONE if alone else wordnet.known()
        return float(single_meteor_score(reference, words, stemmer=stemmer, wordnet=known, **weights))

    return max(score(_cut(one)) for one in references)


def _left(mine: list[str], theirs: list[str], stem: Callable[[str], str]) -> bool:
    """Whether words remain on both sides when the same ones and the same stems are paired off."""
    ours = Counter(word.lower() for word in mine)
    others = Counter(word.lower() for word in theirs)
    stems, wanted = (Counter(map(stem, rest.elements())) for rest in (ours - others, others - ours))
    return bool(stems - wanted) and bool(wanted - stems)


def _cut(raw: str) -> list[str]:
    return _bounded([word.rstrip(".") for word in javascript.words(raw)])


def _bounded_texts(asked: Asked, references: list[str]) -> list[str]:
    """The references, if neither they nor the output are too long to be split into words."""
    if max(map(len, [asked.text, *references])) > MOST_CHARACTERS:
        raise CannotGrade(f"the texts have more than {MOST_CHARACTERS:,} characters")
    return references


def bleu(asked: Asked) -> Graded:
    return scored(
        asked,
        bleu_score(asked.text, _bounded_texts(asked, values.texts(asked))),
        asked.least(0.5),
        "BLEU score",
    )


def gleu(asked: Asked) -> Graded:
    return scored(
        asked,
        gleu_score(asked.text, _bounded_texts(asked, values.texts(asked))),
        asked.least(0.5),
        "GLEU score",
    )


def rouge(asked: Asked) -> Graded:
    (reference,) = _bounded_texts(asked, [values.text(asked, empty=True)])
    try:
        score = rouge_score(asked.text, reference)
    except TimeoutError:
        raise CannotGrade("splitting the texts into words took too long") from None
    return scored(asked, score, asked.least(0.75), "ROUGE-N score")


def meteor(asked: Asked) -> Graded:
    if not asked.text.strip():
        raise CannotGrade("needs an output: METEOR has no score for an empty one")
    score = meteor_score(asked.text, _bounded_texts(asked, values.texts(asked)), asked.told)
    return scored(asked, score, asked.least(0.5), "METEOR score")
