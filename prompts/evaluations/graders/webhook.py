"""``webhook``: somebody else's verdict, asked for over the web through the guard of outgoing calls."""

from prompts.evaluations.graders import values
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, ToolFault, ToolRefused


def webhook(asked: Asked) -> Graded:
    """Posts ``{"output", "context": {"prompt", "vars"}}``; the answer is ``{"pass"[, "score", "reason"]}``.

    Whatever goes wrong fails the assertion, with and without ``not-``.
    """
    post = asked.context.tools.post
    if post is None:
        raise CannotGrade("needs a way out: grading makes no outgoing call here")
    address = values.text(asked)
    context = {"prompt": asked.context.prompt, "vars": asked.context.vars}
    try:
        found = post(address, {"output": asked.output, "context": context})
    except ToolRefused as error:
        raise CannotGrade(str(error)) from None
    except ToolFault as error:
        return Graded(False, 0.0, f"Webhook error: {error}")
    if not isinstance(found, dict) or not isinstance(found.get("pass"), bool):
        return Graded(False, 0.0, 'Webhook error: the answer has no "pass" that is true or false')
    passed = found["pass"] != asked.inverse
    score = found.get("score")
    if score is None:
        score = 1.0 if passed else 0.0
    elif isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        return Graded(False, 0.0, "Webhook error: the score is no number from 0 to 1")
    else:
        score = 1 - score if asked.inverse else score
    return Graded(passed, float(score), str(found.get("reason") or "The webhook decided")[:2000])
