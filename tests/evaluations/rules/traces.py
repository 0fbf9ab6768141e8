"""Rules on what an agent did: calls of tools, skills, spans, trajectories."""

import json

import pytest

from tests.evaluations.rules import Fields, rules

DET = "deterministic#"
WEATHER = {
    "name": "get_weather",
    "parameters": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
}
GOOD = {"name": "get_weather", "arguments": '{"city": "Bern"}'}
BAD = {"name": "get_weather", "arguments": '{"town": "Bern"}'}
GOOGLE = [{"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT", "required": ["a"]}}]}]
BOTH = ["get_weather", "book_flight"]
SKILLS = {
    "skillCalls": [{"name": "code-review"}, {"name": "team-a:lint"}, {"name": "team-b:lint"},
                   {"name": "broken", "is_error": True}]
}  # fmt: skip


def span(name, start, end=None, **attributes):
    found = {"name": name, "startTime": start, "attributes": attributes}
    return found if end is None else {**found, "endTime": end}


SPANS = [
    span("llm.call", 0, 100),
    span("llm.embed", 10, 500),
    span("db.query", 20, 40, **{"http.status_code": 503}),
    {**span("db.write", 30, 35), "statusCode": 2},
    span("never.ended", 50),
]
STEPS = [
    span(
        "call",
        3,
        4,
        **{"function.name": "compose_reply", "args": {"tone": "kind", "lines": [1, 2], "trace_id": "q"}},
    ),
    span("call", 1, 2, **{"tool.name": "search_orders", "tool.arguments": '{"order_id": "123", "page": 1}'}),
    span("reasoning about it", 5, 6),
    span("sh", 7, 8, **{"tool.name": "shell", "tool.arguments": '{"command": ["ls", "-l"]}'}),
    span("search", 9, 10, **{"search.query": "cats"}),
]
TRACE = {"trace": {"spans": SPANS}}
RUN = {"trace": {"spans": STEPS}, "vars": {"order": "123"}}


def called(*names):
    return {"tool_calls": [{"function": {"name": name}} for name in names]}


def args(**fields):
    return {"name": "search_orders", **fields}


RULES = [
    *rules(
        DET + "is-valid-function-call", "is-valid-function-call",
        (None, GOOD, True), (None, {"function_call": GOOD}, True), (None, BAD, False), (None, "text", False),
        (None, {"name": "other", "arguments": "{}"}, False), (None, {**GOOD, "arguments": "{cut"}, False),
        provider_config={"functions": [WEATHER]},
    ),
    *rules(DET + "is-valid-function-call", "not-is-valid-function-call", (None, BAD, True),
           provider_config={"functions": [WEATHER]}),
    *rules(DET + "is-valid-function-call", "is-valid-function-call", (None, GOOD, "needs provider_config")),
    *rules(
        DET + "is-valid-function-call", "is-valid-function-call",
        (None, [{"functionCall": {"name": "f", "args": {"a": 1}}}], True),
        (None, json.dumps({"toolCall": {"functionCalls": [{"name": "f", "args": {"b": 1}}]}}), False),
        (None, [{"functionCall": {"name": "g", "args": {}}}], False),
        provider_config={"tools": GOOGLE},
    ),
    *rules(DET + "is-valid-openai-function-call", "is-valid-openai-function-call", (None, GOOD, True),
        (None, BAD, False),
           provider_config={"functions": [WEATHER]}),
    *rules(
        DET + "is-valid-openai-tools-call", "is-valid-openai-tools-call",
        (None, [{"function": GOOD}], True), (None, {"tool_calls": [{"function": GOOD}]}, True),
        (None, [{"function": GOOD}, {"function": BAD}], False), (None, [], False), (None, "text", False),
        (None, "MCP Tool Result (find): 3 hits", True), (None, "MCP Tool Error (find): gone", False),
        provider_config={"tools": [{"type": "function", "function": WEATHER}]},
    ),
    *rules(DET + "is-valid-openai-tools-call", "is-valid-openai-tools-call",
        (None, [{"function": GOOD}], False),
           provider_config={}),
    *rules(
        DET + "tool-call-f1", "tool-call-f1",
        (BOTH, called("book_flight", "get_weather"), (True, 1.0)),
        (BOTH, called("get_weather"), (False, pytest.approx(2 / 3))),
        (BOTH, called(*BOTH, "search"), (False, pytest.approx(0.8))),
        (["get_weather"], called("book_flight"), (False, 0.0)),
        (Fields(value=BOTH, threshold=0.8), called(*BOTH, "search"), (True, pytest.approx(0.8))),
        ("get_weather, book_flight", called(*BOTH), True),
        (["a"], [{"type": "tool_use", "name": "a"}], True),
        (["a"], {"functionCall": {"name": "a"}}, True),
        (["a"], 'Calling\n{"type": "function_call", "name": "a"}\ndone', True),
        (["a"], 'inline {"type": "function_call", "name": "a"} text', False),
        (["a"], '```json\n{"type": "function_call", "name": "a"}\n```', False),
        (["a"], "{\n" * 3000, (False, 0.0)),
        ([], called("a"), "needs a value"),
    ),
    *rules(DET + "tool-call-f1", "not-tool-call-f1", (["a"], called("b"), True),
        (["a"], "{\n" * 3000, False)),
    *rules(
        DET + "skill-used", "skill-used",
        ("code-review", "", True), (["code-review", "team-a:lint"], "", True), ("deploy", "", False),
        ("broken", "", False), ({"pattern": "team-*:*", "min": 2}, "", True),
            ({"pattern": "TEAM-?:lint"}, "", True),
        ({"pattern": "team-*", "max": 1}, "", False), ({"name": "deploy", "max": 0}, "", True),
        ({"name": "x", "min": 2, "max": 1}, "", "min above"), ({}, "", "needs a name"),
        response_metadata=SKILLS,
    ),
    *rules(DET + "skill-used", "not-skill-used", ("deploy", "", True), ("code-review", "", False),
           ({"pattern": "team-*", "min": 1}, "", "counts nothing"), response_metadata=SKILLS),
    *rules(DET + "skill-used", "skill-used", ("x", "", "needs response_metadata")),
    *rules(
        DET + "trace-span-count", "trace-span-count",
        ({"pattern": "llm.*", "min": 2}, "", True), ({"pattern": "LLM.*", "max": 1}, "", False),
        ({"pattern": "db.quer?", "min": 1, "max": 1}, "", True), ({"min": 1}, "", "needs a pattern"), **TRACE,
    ),
    *rules(DET + "trace-span-count", "not-trace-span-count", ({"pattern": "*", "min": 99}, "", True),
        **TRACE),
    *rules(DET + "trace-span-count", "trace-span-count",
        ({"pattern": "*", "min": 1}, "", "needs trace.spans")),
    *rules(
        DET + "trace-span-duration", "trace-span-duration",
        ({"max": 490}, "", True), ({"max": 489}, "", False), ({"pattern": "db.*", "max": 20}, "", True),
        ({"pattern": "*", "max": 20, "percentile": 50}, "", True), ({"max": 99, "percentile": 75}, "", False),
        ({"pattern": "never.*", "max": 1}, "", True), ({"max": 1, "percentile": 101}, "", "percentile"),
        ({"pattern": "*"}, "", "needs a max"), **TRACE,
    ),
    *rules(
        DET + "trace-error-spans", "trace-error-spans",
        (0, "", False), (2, "", True), ({"max_count": 1}, "", False), ({"max_percentage": 40}, "", True),
        ({"max_percentage": 39}, "", False), ({"pattern": "llm.*"}, "", True), (None, "", False), **TRACE,
    ),
    *rules(
        DET + "trajectorytool-used", "trajectory:tool-used",
        ("search_orders", "", True), (["search_orders", "compose_reply"], "", True), ("refund", "", False),
        ({"pattern": "search*", "min": 1, "max": 1}, "", True), ({"pattern": "search*", "min": 2}, "", False),
        ("shell", "", False), ({"min": 1}, "", "needs a name"), **RUN,
    ),
    *rules(DET + "trajectorytool-used", "not-trajectory:tool-used", ("refund", "", True),
        ("search_orders", "", False), **RUN),
    *rules(
        DET + "trajectorytool-args-match", "trajectory:tool-args-match",
        (args(args={"order_id": "123"}), "", True), (args(args={"order_id": "{{order}}"}), "", True),
        (args(args={"order_id": "124"}), "", False),
            (args(args={"order_id": "123"}, mode="exact"), "", False),
        (args(args={"order_id": "123"}, mode="exact", defaults={"page": 1}), "", True),
        (args(args={"order_id": "123"}, mode="exact", defaults={"page": 2}), "", False),
        (args(args={"order_id": "123"}, mode="exact", ignore="page"), "", True),
        ({"pattern": "compose_*", "arguments": {"lines": [1, 2]}}, "", True),
        ({"pattern": "compose_*", "arguments": {"lines": [1]}}, "", False),
        ({"pattern": "compose_*", "mode": "exact", "args": {"tone": "kind", "lines": [1, 2]},
            "ignore": ["*_id"]}, "", True),
        ({"name": "refund", "args": {}}, "", False), ({"name": "x"}, "", "needs args"),
        (args(args={}, mode="loose"), "", "partial or exact"), **RUN,
    ),
    *rules(
        DET + "trajectorytool-sequence", "trajectory:tool-sequence",
        ({"steps": ["search_orders", "compose_reply"]}, "", True),
            (["compose_reply", "search_orders"], "", False),
        ({"mode": "exact", "steps": ["search_orders", "compose_reply"]}, "", True),
        ({"mode": "exact", "steps": ["search_orders"]}, "", False), (["search_orders"], "", True),
        ({"steps": []}, "", "at least one step"), **RUN,
    ),
    *rules(
        DET + "trajectorystep-count", "trajectory:step-count",
        ({"type": "command", "max": 1}, "", True), ({"type": "tool", "min": 3}, "", False),
        ({"pattern": "reasoning*", "min": 1}, "", True),
            ({"type": ["tool", "search"], "min": 3, "max": 3}, "", True),
        ({"pattern": "ls", "min": 1}, "", True), ({"type": "tool"}, "", "needs min or max"), **RUN,
    ),
    *rules(DET + "trajectorystep-count", "not-trajectory:step-count", ({"max": 2}, "", True), **RUN),
]  # fmt: skip
