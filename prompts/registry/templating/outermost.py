"""What a text asks for outside of every section and loop, where only the caller's variables are in sight."""

import re

from prompts.registry.templating import find_partials, find_variables, handlebars_reader, mustache

_BOUND = re.compile(r"-?\s*(?:for|set|with|macro|call|import|from|extends)\b")


def outermost(format: str, text: str) -> tuple[list[str], list[str]]:
    """(variables, fragments) that the text asks for at its top; of dotted names the first part.

    In Jinja2, where scopes are many, a text that binds any name itself tells of no fragment, and not of the
    names that it binds. Raises ``TemplateFault``.
    """
    if format == "mustache":
        return _mustache(text)
    if format == "handlebars":
        return _handlebars(text)
    tags = [piece.partition("%}")[0] for piece in text.split("{%")[1:]]
    bound = {
        word
        for tag in tags
        if (found := _BOUND.match(tag))
        for word in re.findall(r"\w+", tag[found.end() :])
    }
    names = [name for name in find_variables(format, text) if name not in bound]
    return names, [] if bound else find_partials(format, text)


def _mustache(text: str) -> tuple[list[str], list[str]]:
    nodes = mustache.parse(text)
    names = [node.text.partition(".")[0] for node in nodes if node.kind not in {"text", "partial"}]
    partials = [node.text for node in nodes if node.kind == "partial"]
    return [name for name in dict.fromkeys(names) if name], list(dict.fromkeys(partials))


def _handlebars(text: str) -> tuple[list[str], list[str]]:
    nodes = [(node.kind, node.call) for node in handlebars_reader.parse(text)]
    calls = [
        (kind, call) for kind, call in nodes if call is not None and not call.arguments and not call.named
    ]
    paths = [call.path for kind, call in calls if kind == "value"]
    names = [path.parts[0] for path in paths if path.parts and not path.data and not path.up]
    partials = [call.path.text for kind, call in calls if kind == "partial"]
    return list(dict.fromkeys(names)), list(dict.fromkeys(partials))
