"""The lint over what is stored: a version with its prompt, weighed by the policy of its risk tier."""

from collections.abc import Mapping
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from prompts.registry.errors import LintRefusal
from prompts.registry.fragments import partials_of, resolve_pins
from prompts.registry.lint import Finding, Place, Subject, blocking, examine, find_sensitive, weigh
from prompts.registry.lint.levels import AT_SAVE, BLOCKING, DEFAULTS
from prompts.registry.lint.syntax import find_faults
from prompts.registry.lint.variables import asked_for
from prompts.registry.models import LintPolicy, Version

BESIDE = ("model_settings", "tools", "output_schema", "config", "change_note")
"""Fields of a version beside its messages and variables."""


def levels_of(risk_tier: str) -> Mapping[str, str]:
    """The levels by rule of a tier, as administrators set them."""
    levels = LintPolicy.objects.filter(risk_tier=risk_tier).values_list("levels", flat=True).first()
    return DEFAULTS[risk_tier] if levels is None else levels


def findings_of(actor: Actor, version: Version) -> list[Finding]:
    """The findings of a version, stored or just being written, with their severity; blocking ones first."""
    prompt = version.prompt
    subject = Subject(
        messages=version.messages,
        format=version.format,
        variables=version.variables,
        beside={name: getattr(version, name) for name in BESIDE},
        purpose=prompt.purpose,
        limits=prompt.limits,
        asked_elsewhere=_asked_by_fragments(actor, version) if version.variables else (),
    )
    return weigh(examine(subject), levels_of(prompt.risk_tier))


def require_storable(fields: Mapping[str, Any], risk_tier: str) -> None:
    """Raises ``LintRefusal`` where a field holds what the tier's policy keeps out of the store.

    It is asked before anything is written, so that neither history nor ledger ever hear of it.
    """
    found = find_sensitive(fields)
    if not found:
        return
    refused = blocking(each for each in weigh(found, levels_of(risk_tier)) if each.code in AT_SAVE)
    if refused:
        raise LintRefusal(refused, consequence="Nothing was saved.")


def require_fit(actor: Actor, version: Version) -> None:
    """Raises ``LintRefusal`` with all that blocks the version; asked when its text is to become final."""
    if refused := blocking(findings_of(actor, version)):
        raise LintRefusal(refused, consequence="The version cannot be frozen like this.")


def _asked_by_fragments(actor: Actor, version: Version) -> set[str]:
    try:
        texts = partials_of(actor, version)
    except GovernedError:
        return set()
    return {name for text in texts.values() for name in asked_for(version.format, text)}


def faults_of(actor: Actor, version: Version) -> list[Finding]:
    """What would keep a draft from its freeze beside the rules: a template that cannot be read, a fragment
    that cannot be pinned. A frozen version has none.
    """
    if version.is_frozen:
        return []
    if found := find_faults(version.messages, version.format):
        return found
    try:
        resolve_pins(actor, version)
    except GovernedError as fault:
        title = "A fragment cannot be included"
        return [Finding("fragment", title, fault.message, Place("messages"), BLOCKING)]
    return []
