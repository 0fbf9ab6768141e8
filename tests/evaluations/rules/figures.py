"""Rules on figures: overlap with a reference, confidence, time and money."""

from math import exp

import pytest

from tests.evaluations.rules import Fields, rules

DET = "deterministic#"
CAT = "the cat sat on the mat"

RULES = [
    *rules(
        DET + "rouge-n", "rouge-n",
        (CAT, CAT, (True, 1.0)),
        (CAT, "THE CAT sat on THE mat", (True, 1.0)),
        (CAT, "the cat sat", (False, pytest.approx(2 * 3 / 9))),
        (Fields(value=CAT, threshold=0.6), "the cat sat", True),
        (CAT, "", (False, 0.0)),
        ("it's", "it is", (False, pytest.approx(0.5))),
        ([CAT], CAT, "needs a value"),
    ),
    *rules(DET + "rouge-n", "not-rouge-n", (CAT, "quite different", (True, 1.0)), (CAT, CAT, (False, 0.0))),
    *rules(
        DET + "bleu", "bleu",
        (CAT, CAT, (True, 1.0)),
        (CAT, "the cat sat on the", (True, pytest.approx(exp(1 - 6 / 5)))),
        ([CAT, "a dog ran far away"], "a dog ran far away", (True, 1.0)),
        (["", "  "], CAT, (False, 0.0)),
        (CAT, "", (False, 0.0)),
        ("hello world", "hello world", (True, 1.0)),
        (Fields(value=CAT, threshold=0.99), "the cat sat on the", False),
        (5, CAT, "needs a value"),
    ),
    *rules(DET + "bleu", "not-bleu", (CAT, CAT, (False, 0.0)), (CAT, "unlike it", True)),
    *rules(
        DET + "gleu", "gleu",
        (CAT, CAT + ".", (True, 1.0)),
        ("hello world", "hello there world", (False, pytest.approx(2 / 6))),
        (["hello world", "hi there world"], "hi there world", (True, 1.0)),
        (CAT, "...", (False, 0.0)),
        (CAT, "", (False, 0.0)),
        ("...", CAT, (False, 0.0)),
    ),
    *rules(DET + "gleu", "not-gleu", (CAT, "unlike it", (True, 1.0))),
    *rules(
        DET + "meteor", "meteor",
        (CAT, CAT, (True, pytest.approx(1 - 0.5 / 6**3))),
        (Fields(value=CAT), "...", "needs WordNet"),
        ("he runs daily", "he running daily", True),
        (["hello", "hello world"], "hello", (True, pytest.approx(0.5))),
        (Fields(value="a nice day", synonyms=False), "a lovely day", (False, pytest.approx(1 / 3))),
        (Fields(value="one two", synonyms=False), "three four", (False, 0.0)),
        (Fields(value=CAT, threshold=0.999), CAT, False),
        (Fields(value=CAT, alpha="x"), CAT, "needs a number"),
        (CAT, "", "needs an output"),
    ),
    *rules(DET + "meteor", "not-meteor", (CAT, CAT, False)),
    *rules(
        DET + "perplexity", "perplexity",
        (Fields(threshold=1.7), "x", True),
        (Fields(threshold=1.6), "x", False),
        (None, "x", (True, 1.0)),
        logprobs=[-0.25, -0.75],
    ),
    *rules(DET + "perplexity", "not-perplexity", (Fields(threshold=1.6), "x", True), logprobs=[-0.5]),
    *rules(DET + "perplexity", "perplexity", (None, "x", "needs logprobs")),
    *rules(
        DET + "perplexity-score", "perplexity-score",
        (Fields(threshold=0.3), "x", (True, pytest.approx(1 / (1 + exp(0.5))))),
        (Fields(threshold=0.4), "x", (False, pytest.approx(1 / (1 + exp(0.5))))),
        (None, "x", True),
        logprobs=[-0.25, -0.75],
    ),
    *rules(
        DET + "latency", "latency",
        (Fields(threshold=120), "x", True), (Fields(threshold=119), "x", False),
            (None, "x", "needs a threshold"),
        latency_ms=120,
    ),
    *rules(DET + "latency", "not-latency", (Fields(threshold=119), "x", True), latency_ms=120),
    *rules(DET + "latency", "latency", (Fields(threshold=1), "x", "needs latency_ms")),
    *rules(
        DET + "cost", "cost",
        (Fields(threshold=0.002), "x", True),
        (Fields(threshold=0.001), "x", False),
        (Fields(metric="spent", weight=0), "x", (True, 0.002)),
        (None, "x", "needs a threshold"),
        cost=0.002,
    ),
    *rules(DET + "cost", "cost", (Fields(threshold=1), "x", "needs cost")),
    *rules(DET + "cost", "cost", (Fields(metric="spent", weight=0), "x", "negative"), cost=-1),
    *rules(
        DET + "finish-reason", "finish-reason",
        ("stop", "x", True), ("STOP", "x", True), ("length", "x", False), ("{{r}}", "x", True),
            (None, "x", "needs a value"),
        finish_reason="Stop", vars={"r": "stop"},
    ),
    *rules(DET + "finish-reason", "not-finish-reason", ("length", "x", True), finish_reason="stop"),
    *rules(DET + "finish-reason", "finish-reason", ("stop", "x", "needs finish_reason")),
    *rules("guardrails", "guardrails", (None, "x", True), guardrails={"flagged": False}),
    *rules("guardrails", "guardrails",
        (None, "x", False), guardrails={"flagged": True, "flaggedInput": True}),
    *rules("guardrails", "not-guardrails", (None, "x", True), guardrails={"flagged": True}),
    *rules("guardrails", "not-guardrails", (None, "x", False), guardrails={}),
    *rules("guardrails", "guardrails", (None, "x", "needs guardrails")),
]  # fmt: skip
