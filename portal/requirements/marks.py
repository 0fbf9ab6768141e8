"""Marks in the tests: ``@pytest.mark.requirement("eu-ai-act/14")`` above a test says which clause it shows.

Read from the source, so that no test has to run; an installed portal reads what was written then.
"""

import ast
from collections import defaultdict
from pathlib import Path

MARK = "requirement"


def collect(tests: Path) -> dict[str, list[str]]:
    """Clause to the marked tests below the folder, in order. Raises ``ValueError`` for a bad mark."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(tests.rglob("test_*.py")):
        name = file.relative_to(tests.parent).as_posix()
        for node in ast.parse(file.read_text()).body:
            for clause in _marks(node, name):
                found[clause].append(f"{name}::{node.name}")  # type: ignore[attr-defined]  # a function
    return {clause: sorted(names) for clause, names in sorted(found.items())}


def _marks(node: ast.stmt, file: str) -> list[str]:
    clauses: list[str] = []
    for mark in getattr(node, "decorator_list", []):
        if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"pytest.mark.{MARK}"):
            continue
        if not (isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
            raise ValueError(f"{file}: only a test is marked, not {ast.unparse(node)[:60]}")
        for argument in mark.args:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                raise ValueError(f"{file}: {node.name} names a clause by something that is no text")
            clauses.append(argument.value)
    return clauses
