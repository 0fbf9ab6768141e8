"""The graph of fragments and their users: read in two queries, laid out in columns for an SVG."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Max, Q

from audits.identity.actors import Actor
from prompts.registry.models import FragmentUse, Kind, Prompt
from prompts.registry.querysets import on_prompts
from prompts.registry.uses import newest_uses

MOST_EDGES = 120
WIDTH, GAP, LINE, PAD = 236, 84, 16, 10
"""Units of a box's width, the space between columns, a line of text, and the edge of a box."""
LETTERS = 28
"""Letters in one line of a box."""
COLUMNS = 6


@dataclass(slots=True)
class Node:
    """A box: a fragment or a prompt; ``pk`` is None for a fragment that the reader may not open."""

    name: str
    pk: int | None
    is_fragment: bool
    newest: int | None = None
    column: int = 0
    x: int = 0
    y: int = 0
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Units from top to bottom."""
        return 2 * PAD + LINE * (len(self.lines) or 1)


@dataclass(frozen=True, slots=True)
class Edge:
    """``user`` includes ``fragment``; ``number`` is the version; None in a draft that takes the newest, or
    what is served in the environment ``label``.
    """

    fragment: Node
    user: Node
    version: int
    number: int | None
    label: str
    is_draft: bool
    path: str

    @property
    def is_behind(self) -> bool:
        """Whether the fragment has a newer frozen version than the one that is used."""
        return self.number is not None and (self.fragment.newest or 0) > self.number


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes and arrows with the size of the drawing; ``more`` tells that not all is drawn."""

    nodes: list[Node]
    edges: list[Edge]
    width: int
    height: int
    more: bool


def graph_of(actor: Actor, focus: Prompt | None = None) -> Graph:
    """What the actor may see of it; with ``focus`` only what that fragment includes and what includes it."""
    seen = Prompt.objects.visible_to(actor).in_use()
    by_seen = on_prompts(actor, "view", "version__prompt")
    rows = newest_uses().filter(by_seen, is_direct=True, version__prompt__archived_at__isnull=True)
    if focus is not None:
        rows = rows.filter(Q(name=focus.name) | Q(version__prompt=focus))
    rows = rows.select_related("version__prompt").order_by("name", "version__prompt__name")
    read = ("name", "number", "label", *(f"version__{part}" for part in PARTS))
    uses = list(rows.only(*read)[: MOST_EDGES + 1])
    drawn = uses[:MOST_EDGES]
    fragments = seen.filter(kind=Kind.FRAGMENT).annotate(
        frozen=Max("versions__number", filter=Q(versions__frozen_at__isnull=False))
    )
    wanted = fragments.filter(name__in={use.name for use in drawn})
    alone = fragments.filter(pk=focus.pk) if focus is not None else fragments.none()
    known = [row for rows in (wanted, alone) for row in rows.values_list("name", "pk", "frozen")]
    nodes = {name: Node(name, key, True, newest) for name, key, newest in known}
    for use in drawn:
        prompt = use.version.prompt
        nodes.setdefault(use.name, Node(use.name, None, True))
        nodes.setdefault(prompt.name, Node(prompt.name, prompt.pk, prompt.kind == Kind.FRAGMENT))
    _place(nodes, drawn)
    edges = [_edge(nodes, use) for use in drawn]
    placed = sorted(nodes.values(), key=lambda node: (node.column, node.y))
    width = max((node.x + WIDTH for node in placed), default=0) + 2
    height = max((node.y + node.height for node in placed), default=0) + 2
    return Graph(placed, edges, width, height, len(uses) > MOST_EDGES)


PARTS = ("number", "frozen_at", "prompt__name", "prompt__kind")


def _place(nodes: dict[str, Node], uses: Iterable[FragmentUse]) -> None:
    """Columns from the innermost fragment on the left to the last user on the right."""
    pairs = [(use.name, use.version.prompt.name) for use in uses]
    for _ in range(COLUMNS):  # names can go in a circle, versions cannot
        for fragment, user in pairs:
            at = min(nodes[fragment].column + 1, COLUMNS)
            nodes[user].column = max(nodes[user].column, at)
    heights: dict[int, int] = {}
    first = {user: fragment for fragment, user in reversed(pairs)}
    for node in sorted(nodes.values(), key=lambda node: (first.get(node.name, ""), node.name)):
        node.x, node.y = 1 + node.column * (WIDTH + GAP), 1 + heights.get(node.column, 0)
        pieces = wrapped(node.name)
        node.lines = [(node.y + PAD + LINE * at + 12, piece) for at, piece in enumerate(pieces)]
        heights[node.column] = node.y + node.height + LINE


def _edge(nodes: dict[str, Node], use: FragmentUse) -> Edge:
    fragment, user = nodes[use.name], nodes[use.version.prompt.name]
    start, end = fragment.x + WIDTH, user.x
    top, low = fragment.y + fragment.height // 2, user.y + user.height // 2
    is_draft = use.version.frozen_at is None
    path = f"M{start} {top}C{start + GAP // 2} {top} {end - GAP // 2} {low} {end} {low}"
    return Edge(fragment, user, use.version.number, use.number, use.label, is_draft, path)


def wrapped(name: str) -> list[str]:
    """The whole name in lines, broken behind a slash or a hyphen where there is one."""
    lines, rest = [], name
    while len(rest) > LETTERS:
        cut = rest.rfind("/", 0, LETTERS) + 1 or rest.rfind("-", 0, LETTERS) + 1 or LETTERS
        lines.append(rest[:cut])
        rest = rest[cut:]
    return [*lines, rest]
