"""Overlap with references, against the libraries that define it."""

from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from nltk.translate.gleu_score import sentence_gleu
from nltk.translate.meteor_score import single_meteor_score
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU

from prompts.evaluations.graders import Context, grade_one, wordnet
from prompts.evaluations.graders.overlap import NEVER, bleu_score, gleu_score, meteor_score, rouge_score

WORD = st.sampled_from(["the", "cat", "sat", "on", "mat", "dog", "ran", "far", "boats", "sailed"])
WORDS = st.lists(WORD, min_size=1, max_size=12)
LONGER = WORDS.filter(lambda words: len(words) >= 4)
AROUND = st.lists(WORD, max_size=5)
SACREBLEU = BLEU(tokenize="none", lowercase=True, smooth_method="none", effective_order=True)
"""Split at white space, case aside, and as many orders as the output has words, as promptfoo does.

Two things differ by definition: promptfoo puts 1e-7 in the place of a precision of 0, where sacrebleu has 0
or a smoothing of Chen and Cherry (2014), and clips by the best single reference, not each n-gram by its best.
"""
OWN = {"synonyms": False}
LINE = "{} a 1 0 1 0 00000066\n"
INDEX = "  1 a head with a licence, as the real files have it\n" + LINE.format("big") + LINE.format("grand")
DATA = f"{'  1 a head with a licence':<65}\n00000066 00 a 02 big 0 grand(p) 0 000 | of great size\n"


class _Constant(SmoothingFunction):
    """What promptfoo puts in the place of a precision of zero."""

    def constant(self, p_n, *args, **kwargs):
        return [part if part.numerator else NEVER for part in p_n]


@settings(max_examples=60, deadline=None)
@given(LONGER, LONGER)
def test_bleu_is_that_of_nltk(output, reference):
    mine = bleu_score(" ".join(output), [" ".join(reference)])
    if not set(output) & set(reference):
        assert mine < 1e-6
        return
    theirs = sentence_bleu([reference], output, smoothing_function=_Constant().constant)
    assert isclose(mine, theirs, rel_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(WORDS, AROUND, AROUND, AROUND, AROUND)
def test_bleu_is_that_of_sacrebleu_where_every_order_matches(shared, before, after, left, right):
    output = [*before, *shared, *after] if len(shared) >= 4 else shared
    texts = " ".join(output).upper(), [" ".join([*left, *shared, *right])]
    assert isclose(bleu_score(*texts), SACREBLEU.sentence_score(*texts).score / 100, rel_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(LONGER, st.lists(AROUND, min_size=2, max_size=3))
def test_bleu_of_several_references_is_at_most_that_of_sacrebleu(shared, afters):
    texts = " ".join(shared), [" ".join([*shared, *after]) for after in afters]
    assert bleu_score(*texts) <= SACREBLEU.sentence_score(*texts).score / 100 + 1e-9


@pytest.mark.parametrize(
    ("output", "references", "mine", "theirs"),
    [
        ("the cat sat", ["a dog ran"], 1e-7, 0),
        (
            "a b c d y e f g h", ["a b c d x x x x x", "x x x x x e f g h"],
            (4 / 9 * 3 / 8 * 2 / 7 * 1 / 6) ** 0.25, (8 / 9 * 6 / 8 * 4 / 7 * 2 / 6) ** 0.25,
        ),
    ],
)  # fmt: skip
def test_where_bleu_is_by_definition_not_that_of_sacrebleu(output, references, mine, theirs):
    assert bleu_score(output, references) == pytest.approx(mine)
    assert SACREBLEU.sentence_score(output, references).score / 100 == pytest.approx(theirs, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(WORDS, st.lists(WORDS, min_size=1, max_size=3))
def test_gleu_is_that_of_nltk(output, references):
    mine = gleu_score(" ".join(output), [" ".join(one) for one in references])
    assert isclose(mine, sentence_gleu(references, output), rel_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_rouge_is_that_of_rouge_score(output, reference):
    theirs = RougeScorer(["rouge1"]).score(" ".join(reference), " ".join(output))["rouge1"].fmeasure
    assert isclose(rouge_score(" ".join(output), " ".join(reference)), theirs, rel_tol=1e-9, abs_tol=1e-12)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_meteor_without_synonyms_is_that_of_nltk(output, reference):
    theirs = single_meteor_score(reference, output, wordnet=wordnet.NONE)
    assert isclose(meteor_score(" ".join(output), [" ".join(reference)], OWN), theirs, rel_tol=1e-9)


@pytest.fixture
def synonyms(tmp_path, monkeypatch):
    """WordNet's files with one set of synonyms, in its own format."""
    for kind in wordnet.KINDS:
        (tmp_path / f"index.{kind}").write_text(INDEX if kind == "adj" else "  1 head\n")
        (tmp_path / f"data.{kind}").write_text(DATA if kind == "adj" else "  1 head\n")
    monkeypatch.setenv("WORDNET_DIR", str(tmp_path))


def test_meteor_takes_synonyms_for_the_same_word(synonyms):
    assert [one.words for one in wordnet.known().synsets("big")] == [("big", "grand")]
    assert wordnet.known().synsets("tiny") == wordnet.known().synsets("") == []
    alike = grade_one({"type": "meteor", "value": "a big house"}, "a grand house", Context())
    other = grade_one({"type": "meteor", "value": "a big house"}, "a tiny house", Context())
    assert alike.score == pytest.approx(1 - 0.5 / 27)
    assert other.score < alike.score


def test_without_wordnet_meteor_says_so_only_where_it_matters(monkeypatch, tmp_path):
    monkeypatch.setattr(wordnet, "PLACES", ())
    monkeypatch.setenv("WORDNET_DIR", str(tmp_path))
    assert meteor_score("the boats sailed", ["the boat sails"], {}) > 0.9
    with pytest.raises(Exception, match="needs WordNet"):
        meteor_score("a large house", ["a big house"], {})
