"""A test with its defaults as one case, or several. Pure."""

import json
import re
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.evaluations.checks import check_decimal
from prompts.evaluations.suite_files.asserted import asserted, with_prompt
from prompts.evaluations.suite_files.source import Source
from prompts.evaluations.suite_files.told import Place
from prompts.evaluations.suite_files.variables import MOST_COMBINED, combinations, filled_in, variables
from prompts.evaluations.trial import each, fault_of

INCOMPLETE = "incomplete"
"""The tag of a case of which something had to be left out: it asks less than its file does."""
TEST = {
    "name", "description", "vars", "assert", "assertions", "threshold", "weight", "tags", "metadata",
    "options",
}  # fmt: skip
WHY_NOT = {
    "provider": "every provider of the run is asked",
    "providers": "every provider of the run is asked",
    "prompts": "the run names the version",
    "assertScoringFunction": "code is never run; the score is the mean of the assertions by weight",
    "providerOutput": "answers are stored with a provider of recorded answers",
}
OPTIONS = {
    "transform": "code is never run; write conditions as cel assertions",
    "postprocess": "code is never run; write conditions as cel assertions",
    "transformVars": "code is never run",
    "prefix": "a governed text is sent as it was signed; put a variable into the prompt",
    "suffix": "a governed text is sent as it was signed; put a variable into the prompt",
    "provider": "the run's own judge and embedder are asked",
    "storeOutputAs": "cases do not depend on each other",
    "runSerially": "cases do not depend on each other",
}
WEAKER = {"transform", "postprocess", "transformVars", "prefix", "suffix", "storeOutputAs"}
"""Without these a case does not ask what its file does."""


HEARD = {"disableVarExpansion", "disableDefaultAsserts", "rubricPrompt"}
OFTEN_FAULTY = {"regex", "is-json", "contains-json", "cel"}
ENVIRONMENT = re.compile(r"\{\{[^{}]*\benv\.\w")


class Maker:
    """Collects cases, ready for ``save_case``, with names of their own."""

    def __init__(self, source: Source, default: dict[str, Any], description: Any) -> None:
        self._source = source
        self._default = default
        self._names: dict[str, int] = {}
        self._faults: dict[str, str] = {}
        self.cases: list[dict[str, Any]] = []

    def add(self, place: Place, test: dict[str, Any], data: dict[str, Any] | None = None) -> None:
        """Adds the cases of a test; ``data`` is a scenario's set."""
        parts = [self._followed(part, place) for part in (self._default, data or {}, test)]
        notes = self._source.left_out
        for key in sorted({str(key) for part in parts for key in part if key not in TEST}):
            notes.note(place, key[:60], WHY_NOT.get(key, "is not known here"))
        options = self._merged(parts, "options", place)
        for key in options.keys() & OPTIONS.keys():
            notes.note(place, f"options.{key}", OPTIONS[key])
        for key in options.keys() - OPTIONS.keys() - HEARD:
            notes.note(place, f"options.{str(key)[:60]}", "is not known here")
        told: dict[str, Any] = {}
        for part in parts:
            found = variables(self._source, part.get("vars"), place)
            if found is None:
                notes.note(place, "a case", "left out: a value of its variables cannot be had")
                return
            told |= found
        wanted = parts[1:] if options.get("disableDefaultAsserts") is True else parts
        items = [one for part in wanted for one in _listed(part.get("assert", part.get("assertions")))]
        assertions, part_left = asserted(self._source, items, place)
        if items and not assertions:
            notes.note(place, "a case", "left out: nothing of what it asserts can be asked")
            return
        if "rubricPrompt" in options:
            prompt = self._source.read_in(options["rubricPrompt"], place)
            assertions = with_prompt(assertions, prompt)
        self._tell_faults(assertions, told, place)
        tags = self._tags(parts, place)
        outside = ENVIRONMENT.search(json.dumps([told, assertions], default=str)) is not None
        if outside:
            notes.note(place, "{{ env.… }}", "a case reads no environment; write the value")
        scored = any("assertScoringFunction" in part for part in parts)
        if part_left or outside or scored or WEAKER & options.keys():
            tags.append(INCOMPLETE)
        self._store(place, parts, told, assertions, tags, options.get("disableVarExpansion") is not True)

    def _store(
        self,
        place: Place,
        parts: list[dict[str, Any]],
        told: dict[str, Any],
        assertions: list[dict[str, Any]],
        tags: list[str],
        expand: bool,
    ) -> None:
        threshold = next((p["threshold"] for p in reversed(parts) if p.get("threshold") is not None), None)
        try:
            weight = check_decimal(parts[-1].get("weight", 1), "weight", most=100_000, places=3)
            if threshold is not None:
                check_decimal(threshold, "threshold", most=1, places=4)
        except Unacceptable as error:
            place.refuse(error.message)
        test = parts[-1]
        number = len(self.cases) + 1
        base = str(test.get("name") or test.get("description") or "").strip()
        for chosen, words in combinations(told, expand):
            values = filled_in(chosen, place)
            self.cases.append(
                {
                    "name": self._name(base or f"case {number}", words),
                    "vars": values,
                    "assertions": assertions,
                    "threshold": threshold,
                    "weight": weight,
                    "tags": tags,
                    "description": str(test.get("description") or "")[:400],
                }
            )
            if len(self.cases) > MOST_COMBINED:
                place.refuse(f"with its lists multiplied there are more than {MOST_COMBINED:,} cases.")

    def _tell_faults(self, assertions: list[dict[str, Any]], told: dict[str, Any], place: Place) -> None:
        """Patterns, schemas and conditions that are none are read as they are, and told."""
        for one in each(assertions):
            filled_in_later = isinstance(one.get("value"), str) and "{{" in one["value"]
            if filled_in_later or one["type"].removeprefix("not-") not in OFTEN_FAULTY:
                continue
            key = json.dumps([one["type"], one.get("value")], default=str)
            if key not in self._faults:
                self._faults[key] = fault_of({"type": one["type"], "value": one.get("value")}, told)
            if self._faults[key]:
                self._source.left_out.note(place, f"{one['type']} that is none", self._faults[key][:300])

    def _followed(self, part: dict[str, Any], place: Place) -> dict[str, Any]:
        return {key: self._source.followed(value, place) for key, value in part.items()}

    def _name(self, base: str, words: list[str]) -> str:
        name = " ".join(f"{base} [{', '.join(words)}]".split() if words else base.split())[:180]
        self._names[name] = self._names.get(name, 0) + 1
        return name if self._names[name] == 1 else f"{name} ({self._names[name]})"

    def _merged(self, parts: list[dict[str, Any]], key: str, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in parts:
            told = part.get(key) or {}
            if not isinstance(told, dict):
                place.refuse(f"{key} is a mapping.")
            found |= told
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _tags(self, parts: list[dict[str, Any]], place: Place) -> list[str]:
        """``tags`` as they are, ``metadata`` as ``key:value``."""
        found = [str(tag) for tag in _listed(parts[-1].get("tags"))]
        for key, value in self._merged(parts, "metadata", place).items():
            for one in _listed(value):
                if isinstance(one, dict | list):
                    self._source.left_out.note(place, f"metadata.{key}"[:60], "only words are kept as tags")
                else:
                    found.append(str(one) if key == "tags" else f"{key}:{one}")
        kept = [tag.strip() for tag in found if 0 < len(tag.strip()) <= 60 and tag.isprintable()][:40]
        if len(kept) < len(found):
            self._source.left_out.note(place, "metadata", "a tag has 60 characters, a case 40 tags at most")
        return kept


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]
