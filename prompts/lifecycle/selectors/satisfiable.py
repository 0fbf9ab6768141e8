"""Whether anybody could satisfy a policy: a rule that nobody can keep would stop a house."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.db.models import Max, Q
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import title
from audits.identity.services.step_up import methods_of
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.meanings import SINGLE_SIGN_ON
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.seats import Seat, Signer, match, singly
from prompts.lifecycle.selectors.authorship import authors_of_all
from prompts.lifecycle.selectors.desk import ties_of
from prompts.lifecycle.selectors.policy import policy_index
from prompts.lifecycle.wording import seat_in_words
from prompts.registry.models import Prompt, Version

PIECE, MOST_PROMPTS, MOST_PEOPLE = 20, 200, 200
"""Prompts under the policy are tried in pieces until one can be approved; very many people are not asked
each whether they see them."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in these roles."""

    user: User
    roles: frozenset[str]


def why_nobody(policy: ApprovalPolicy, reader: Actor) -> str:
    """The reason why no prompt under this policy (saved or not) could ever be approved; empty if one could.

    It names a prompt only where the reader may see that.

    People must be active and hold the role, one person takes one seat, and on the prompts that it covers now
    they must see them and have written nothing in the newest text.
    """
    if policy.is_synthetic:
        return ""
    asked = policy.demands
    people = _people(asked)
    if reason := _why_not_named(asked, people) or _why_not_proven(asked, people):
        return reason
    units = singly(asked.seats)
    if reason := _why_not_filled(units, people, _could):
        return reason
    return _why_not_on_prompts(policy, units, people, reader)


def _people(asked: Demands) -> list[Person]:
    """Active people who hold a role that is asked for."""
    roles = {seat.role for seat in asked.seats}
    active = Q(access_ends_at__isnull=True) | Q(access_ends_at__gt=timezone.now())
    rows = User.objects.filter(active, is_active=True, groups__name__in=roles).distinct().order_by("pk")
    return [
        Person(user, frozenset(group.name for group in user.groups.all()) & roles)
        for user in rows.prefetch_related("groups")
    ]


def _why_not_named(asked: Demands, people: list[Person]) -> str:
    known = {person.user.username.casefold(): person for person in people}
    for seat in asked.seats:
        for name in seat.people:
            person = known.get(name.casefold())
            if person is None or seat.role not in person.roles:
                user = User.objects.filter(username__iexact=name).first()
                if user is None:
                    return f"There is no person {name!r}."
                if not user.is_let_in:
                    return f"{user} is not active, and so cannot be named for a seat."
                return f"{user} does not hold the role {title(seat.role)}."
    return ""


def _why_not_proven(asked: Demands, people: list[Person]) -> str:
    """A second factor can be added by each person; single sign-on is there or not."""
    if asked.authentication != SINGLE_SIGN_ON or not people:
        return ""
    if any(SINGLE_SIGN_ON in methods_of(person.user) for person in people[:MOST_PEOPLE]):
        return ""
    return "Nobody of those who could sign has a single sign-on."


def _could(seat: Seat, person: Person, prompt: Prompt | None = None) -> bool:
    """Whether the person could take the seat; without a prompt, everybody could be its owner."""
    if prompt is None:
        ties = frozenset({seat.tie})
    else:
        ties = ties_of(Actor(kind="person", name=person.user.username, user=person.user), prompt)
    return any(seat.suits(Signer(person.user.username, role, ties)) for role in person.roles)


def _why_not_filled(
    units: list[Seat], people: Iterable[Person], could: Callable[[Seat, Person], bool]
) -> str:
    able = list(people)
    suits = [[at for at, unit in enumerate(units) if could(unit, person)] for person in able]
    taken, _ = match(len(units), suits)
    if len(taken) == len(units):
        return ""
    empty = next(unit for at, unit in enumerate(units) if at not in taken)
    if not any(units[at].role == empty.role for told in suits for at in told) and not empty.tie:
        return f"No active person could sign as {title(empty.role).lower()}."
    if not any(at in told for at, unit in enumerate(units) if unit == empty for told in suits):
        return f"Nobody could sign as {seat_in_words(empty)}."
    return (
        f"Only {len(taken)} of {len(units)} seats could be filled, since one person never fills two: "
        f"nobody is left for {seat_in_words(empty)}."
    )


def _why_not_on_prompts(
    policy: ApprovalPolicy, units: list[Seat], people: list[Person], reader: Actor
) -> str:
    """Tries the prompts that it covers, the newest first, until one of them could be approved."""
    rows = Prompt.objects.filter(archived_at__isnull=True).select_related("owner", "collection")
    if policy.risk_tier:
        rows = rows.filter(risk_tier=policy.risk_tier)
    if policy.collection_id:
        rows = rows.filter(collection=policy.collection_id)
    index = policy_index().with_change(policy)
    newest = rows.order_by("-pk").prefetch_related("stewards")[:MOST_PROMPTS]
    under = [row for row in newest if (found := index.of(row)) and found.name == policy.name]
    first = ""
    for start in range(0, len(under), PIECE):
        piece = under[start : start + PIECE]
        for prompt, able in _able(piece, people):
            reason = _why_not_filled(units, able, partial(_could, prompt=prompt))
            if not reason:
                return ""
            if not first:
                seen = Prompt.objects.visible_to(reader).filter(pk=prompt.pk).exists()
                where = prompt.name if seen else "one of them"
                first = f"On none of the prompts under it could it be met. On {where}: {reason}"
    return first


def _able(prompts: list[Prompt], people: list[Person]) -> Iterable[tuple[Prompt, list[Person]]]:
    """Each prompt with the people who see it and wrote nothing in its newest text."""
    keys = {row.pk for row in prompts}
    tops = Version.objects.filter(prompt__in=keys).values("prompt").annotate(top=Max("pk")).values("top")
    versions = {row.prompt_id: row for row in Version.objects.filter(pk__in=tops).select_related("prompt")}
    authors = authors_of_all(versions.values())
    sees: dict[int, set[int]] = {}
    if len(people) <= MOST_PEOPLE:
        for person in people:
            visible = Prompt.objects.visible_to(Actor.for_user(person.user)).filter(pk__in=keys)
            sees[person.user.pk] = set(visible.values_list("pk", flat=True))
    for prompt in prompts:
        wrote = authors[versions[prompt.pk].pk] if prompt.pk in versions else None
        yield (
            prompt,
            [
                person
                for person in people
                if prompt.pk in sees.get(person.user.pk, keys)
                and not (wrote is not None and wrote.include(person.user))
            ],
        )
