"""``similar``: nearness of meaning, by the vectors of an embedder."""

from math import dist, sqrt

from prompts.evaluations.graders import values
from prompts.evaluations.graders.javascript import plain
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, ToolFault

CLOSE = 2.220446049250313e-16
"""What a comparison may miss by: JavaScript's ``Number.EPSILON``."""
Vector = list[float]


def embedded(asked: Asked, texts: list[str]) -> list[Vector]:
    """Vectors of texts; raises ``CannotGrade`` where there is no embedder or it fails."""
    if asked.context.tools.embed is None:
        raise CannotGrade(f"needs an embedder: {asked.type} compares meanings")
    try:
        found = asked.context.tools.embed(texts)
    except ToolFault as error:
        raise CannotGrade(f"the embedder gave no answer: {error}") from None
    if len(found) != len(texts) or len({len(one) for one in found}) != 1:
        raise CannotGrade("the embedder answered with vectors that cannot be compared")
    return found


def dot(left: Vector, right: Vector) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def cosine(left: Vector, right: Vector) -> float:
    """0 where one of them has no length."""
    size = sqrt(dot(left, left)) * sqrt(dot(right, right))
    return dot(left, right) / size if size else 0.0


def _far(asked: Asked, left: Vector, right: Vector, limit: float) -> Graded:
    """Euclidean: the threshold is the greatest distance, the score 1 / (1 + distance)."""
    found = dist(left, right)
    holds = found >= limit - CLOSE if asked.inverse else found <= limit + CLOSE
    score = 1 / (1 + found)
    return Graded(
        holds, 1 - score if asked.inverse else score, f"Distance {found:.2f}, threshold {plain(limit)}"
    )


def _near(asked: Asked, left: Vector, right: Vector, limit: float) -> Graded:
    found = dot(left, right) if asked.type.endswith(":dot") else cosine(left, right)
    holds = found <= limit + CLOSE if asked.inverse else found >= limit - CLOSE
    return Graded(
        holds, 1 - found if asked.inverse else found, f"Similarity {found:.2f}, threshold {plain(limit)}"
    )


def similar(asked: Asked) -> Graded:
    """The threshold is 0.75 unless told. Of several values one must be near; with ``not-`` none may be."""
    wanted = values.texts(asked)
    own, *others = embedded(asked, [asked.text, *wanted])
    measure = _far if asked.type.endswith(":euclidean") else _near
    limit = asked.least(0.75)
    found = [measure(asked, other, own, limit) for other in others]
    if asked.inverse:
        return next((one for one in found if not one.passed), min(found, key=lambda one: one.score))
    if hit := next((one for one in found if one.passed), None):
        return hit
    best = max(found, key=lambda one: one.score)
    return best if len(found) == 1 else Graded(False, best.score, "None of the values is near enough")
