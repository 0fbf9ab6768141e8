"""One file with those beside it: parsed within bounds, references followed, variables' files read. Pure."""

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from prompts.evaluations.graders.javascript import trim
from prompts.evaluations.suite_files.folder import Folder
from prompts.evaluations.suite_files.told import LeftOut, Place
from prompts.registry.library.yaml_texts import load_yaml, plain_json

FILE = "file://"
MOST_VALUES = 2_000_000
DEEPEST_REFERENCE = 10
TREES = (".yaml", ".yml", ".json")
TEXTS = (".txt", ".md", ".html", ".xml", ".sql", ".csv", ".jsonl", ".j2", "")


@dataclass(slots=True)
class Source:
    """What is being read: the folder, the configuration at its top, and what had to be left out."""

    folder: Folder
    top: Any = None
    left_out: LeftOut = field(default_factory=LeftOut)

    def tree(self, name: str, place: Place) -> Any:
        """The value in a YAML or JSON file; refuses what is broken, too deep or too big with its line."""
        text = self.folder.text(name, place)
        try:
            found = json.loads(text) if name.endswith(".json") else load_yaml(text)
            return plain_json(found, MOST_VALUES)
        except json.JSONDecodeError as error:
            Place(name, f"line {error.lineno}").refuse(f"the JSON is broken: {error.msg}.")
        except RecursionError:
            Place(name).refuse("it is nested too deep.")
        except ValueError as error:
            Place(name).refuse(f"{error}.")

    def value_in(self, name: str, place: Place) -> Any:
        """What a text, YAML or JSON file says; a text without white space at its ends."""
        ending = PurePosixPath(name).suffix.lower()
        if ending in TREES:
            return self.tree(name, place)
        return trim(self.folder.text(name, place))

    def read_in(self, value: Any, place: Place) -> Any:
        """A value, or what the file says that it names; of a list each of its items."""
        if isinstance(value, list):
            return [self.read_in(one, place) if isinstance(one, str) else one for one in value]
        if isinstance(value, str) and value.startswith(FILE):
            return self.value_in(value.removeprefix(FILE), place)
        return value

    def followed(self, item: Any, place: Place) -> Any:
        """What ``{"$ref": "#/assertionTemplates/…"}`` stands for; anything else as it is."""
        for _ in range(DEEPEST_REFERENCE):
            reference = item.get("$ref") if isinstance(item, dict) else None
            if reference is None:
                return item
            if not isinstance(reference, str) or not reference.startswith("#/"):
                place.refuse(f"$ref {str(reference)[:100]!r} does not lead into this file.")
            item = self._at(reference, place)
        return place.refuse("its $ref leads in a circle.")

    def _at(self, reference: str, place: Place) -> Any:
        found = self.top
        for raw in reference[2:].split("/"):
            part = raw.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            elif isinstance(found, dict) and part in found:
                found = found[part]
            else:
                place.refuse(f"there is no {reference[:100]!r} in the file.")
        return found
