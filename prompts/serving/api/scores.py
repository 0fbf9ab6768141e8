"""``/api/public/scores``: feedback on calls, one by one or many at once."""

from django.http import HttpRequest, HttpResponse

from prompts.observability.services import add_scores
from prompts.serving import bodies
from prompts.serving.endpoint import endpoint
from prompts.serving.http import BadRequest, answer
from prompts.serving.scores import to_score

MOST = 1000


@endpoint(POST="score")
def scores(request: HttpRequest) -> HttpResponse:
    """One object answers 200 with its id; a list 202, or 207 with what was wrong with some of them."""
    body = bodies.parse_json(bodies.read(request))
    if not isinstance(body, list):
        [key] = add_scores(actor=request.actor, scores=[to_score(body)])  # type: ignore[attr-defined]
        return answer({"id": key})
    if len(body) > MOST:
        raise BadRequest(f"Send at most {MOST} scores at once.")
    good, faults = [], []
    for place, item in enumerate(body):
        try:
            good.append(to_score(item))
        except BadRequest as error:
            faults.append({"message": f"score {place}: {error.message}"})
    add_scores(actor=request.actor, scores=good)  # type: ignore[attr-defined]
    if faults:
        return answer({"accepted": len(good), "rejected": len(faults), "errors": faults}, 207)
    return answer({"message": "Accepted"}, 202)
