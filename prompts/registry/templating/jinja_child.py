"""The child process that reads and fills in Jinja2 templates: run as a file, alone, with no portal in sight.

It limits its own memory and, per request, its processor time, then answers one JSON line for each JSON line.
The sandbox is Jinja2's immutable one; the process is the second wall: whatever a template does to it, it
holds no secret, no file of the portal and no connection.
"""

import json
import resource
import sys
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 2
LONGEST = 4_000_000


def limit_memory() -> None:
    """No more than ``MEMORY`` bytes of addresses, no core file, no file written, no process started."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def limit_time() -> None:
    """The kernel ends this process when it has used ``SECONDS`` more of a processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS + 1, hard))


def environment(partials: dict[str, str]) -> Any:
    """Jinja2 with its own defaults: missing variables are empty, one closing newline is dropped."""
    from jinja2 import DictLoader
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(loader=DictLoader(partials), autoescape=False, cache_size=0)


def render(request: dict[str, Any]) -> dict[str, Any]:
    """The filled-in text."""
    template = environment(request.get("partials") or {}).from_string(request["template"])
    pieces, length = [], 0
    for piece in template.generate(request.get("vars") or {}):
        length += len(piece)
        if length > LONGEST:
            return {"error": f"the text becomes longer than {LONGEST:,} characters"}
        pieces.append(piece)
    return {"text": "".join(pieces)}


def examine(request: dict[str, Any]) -> dict[str, Any]:
    """The variables that a template asks for and the templates that it includes, by name."""
    from jinja2 import meta, nodes

    tree = environment({}).parse(request["template"])
    order = {node.name: place for place, node in reversed(list(enumerate(tree.find_all(nodes.Name))))}
    names = sorted(meta.find_undeclared_variables(tree), key=lambda name: order.get(name, 0))
    partials = [name for name in meta.find_referenced_templates(tree) if name]
    return {"variables": names, "partials": list(dict.fromkeys(partials))}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request; whatever a template raises becomes an ``error``."""
    from jinja2 import TemplateSyntaxError

    limit_time()
    try:
        return examine(request) if request.get("examine") else render(request)
    except TemplateSyntaxError as error:
        return {"error": str(error.message), "line": error.lineno, "name": error.name or ""}
    except MemoryError:
        return {"error": "the text needs too much memory to fill in"}
    except RecursionError:
        return {"error": "the text is nested too deep"}
    except Exception as error:  # noqa: BLE001  the template decides what is raised
        return {"error": f"{type(error).__name__}: {str(error)[:500]}"}


def main() -> None:
    """Answers lines until the parent closes the pipe."""
    limit_memory()
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(json.dumps(answer(json.loads(line))).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
