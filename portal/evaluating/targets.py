"""From the words of a command line to versions, suites and providers."""

import re
from pathlib import Path

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from prompts.evaluations.models import Provider, Run, Suite
from prompts.evaluations.services.suite_from_file import suite_from_file
from prompts.evaluations.suite_files import ENDINGS, Unsupported, read_suite
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.selectors import live_release

TARGET = re.compile(r"(?P<name>.+?)(?:@(?P<label>[^@:]+)|:(?P<number>\d{1,9}))?", re.DOTALL)


def version_of(actor: Actor, target: str) -> Version:
    """The version that ``NAME``, ``NAME@LABEL`` or ``NAME:N`` means; raises ``NotThere``."""
    found = TARGET.fullmatch(target)
    if not found:
        raise Unacceptable("Name a prompt.", field="target")
    prompt = Prompt.objects.visible_to(actor).filter(name=found["name"]).first()
    if prompt is None:
        raise NotThere(f"There is no prompt {found['name']!r}.")
    rows = Version.objects.filter(prompt=prompt).select_related("prompt__collection")
    if found["number"]:
        version = rows.filter(number=int(found["number"])).first()
    elif found["label"] and found["label"] != "latest":
        version = _live(prompt, found["label"])
    else:
        version = rows.frozen().order_by("-number").first()
    if version is None:
        wanted = f"version {found['number']}" if found["number"] else "frozen version"
        raise NotThere(f"{prompt.name} has no {wanted}.")
    return version


def _live(prompt: Prompt, label: str) -> Version:
    environment = Environment.objects.filter(slug=label).first()
    if environment is None:
        raise NotThere(f"There is no environment {label!r}.")
    release = live_release(prompt, environment)
    if release is None:
        raise NotThere(f"Nothing of {prompt.name} is live in {label}.")
    version: Version = release.version
    return version


def suite_of(actor: Actor, word: str, version: Version) -> tuple[Suite, list[Unsupported]]:
    """The suite of that name, or the one that a file holds with what of the file is not supported."""
    suite = Suite.objects.visible_to(actor).filter(name=word).first()
    if suite is not None:
        return suite, []
    path = Path(word)
    if path.suffix.lower() in ENDINGS:
        file = read_suite(path)
        suite = suite_from_file(actor=actor, file=file, collection=version.prompt.collection)
        return suite, file.unsupported
    raise NotThere(f"There is no suite {word!r}, and no file that ends in {', '.join(ENDINGS)}.")


def providers_of(names: list[str], version: Version, suite: Suite) -> list[Provider]:
    """The named providers; without names those of the last run of prompt and suite, else ``local``."""
    active = {provider.name: provider for provider in Provider.objects.filter(is_active=True)}
    if unknown := [name for name in names if name not in active]:
        raise NotThere(
            f"There is no provider {unknown[0]!r} in use; there are {', '.join(active) or 'none'}."
        )
    if names:
        return [active[name] for name in dict.fromkeys(names)]
    last = Run.objects.filter(prompt=version.prompt_id, suite=suite).order_by("-pk").first()
    told = [provider["name"] for provider in last.providers] if last else []
    found = [active[name] for name in told if name in active]
    if not found and "local" in active:
        found = [active["local"]]
    if not found:
        raise Unacceptable("Name a provider with --provider.", field="provider")
    return found


def first_error(run: Run) -> str:
    """The first error of a run, for a message."""
    result = run.results.filter(state="error").order_by("pk").first()
    return result.error if result else "no result"
