"""What people keep for themselves: which prompts they watch, and searches under a name.

Neither changes what anybody may do or sees, so the ledger does not hear of it.
"""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused
from audits.identity.verbs import verb
from prompts.registry.models import Prompt, SavedSearch, Watch
from prompts.registry.texts import check_text

MOST_SEARCHES = 50


@verb
def set_watch(*, actor: Actor, prompt_id: int, is_on: bool) -> Watch:
    """Begins or ends watching, also for those who would watch because they answer for the prompt."""
    prompt = Prompt.objects.visible_to(actor).filter(pk=prompt_id).first()
    if prompt is None:
        raise NotThere("There is no such prompt.")
    if actor.user is None:
        raise Refused("Only people watch prompts.")
    row, _ = Watch.objects.update_or_create(prompt=prompt, user=actor.user, defaults={"is_on": is_on})
    return row


@verb
def save_search(*, actor: Actor, name: str, query: str, is_shared: bool = False) -> SavedSearch:
    """Keeps a search; under a name that the person has it is replaced. Raises ``Conflict`` beyond 50."""
    if actor.user is None:
        raise Refused("Only people keep searches.")
    check_text(name, "name", longest=80, required=True)
    check_text(query, "query", longest=2000)
    own = SavedSearch.objects.filter(user=actor.user)
    if not own.filter(name=name.strip()).exists() and own.count() >= MOST_SEARCHES:
        raise Conflict(f"You keep {MOST_SEARCHES} searches already; delete one first.", field="name")
    row, _ = SavedSearch.objects.update_or_create(
        user=actor.user, name=name.strip(), defaults={"query": query, "is_shared": is_shared}
    )
    return row


@verb
def delete_search(*, actor: Actor, search_id: int) -> None:
    """Forgets one of the person's own searches."""
    if not SavedSearch.objects.filter(pk=search_id, user=actor.user).delete()[0]:
        raise NotThere("You keep no such search.")
