"""Public sets of questions as suites: BBQ, WinoBias, GSM8K, TruthfulQA. Pure.

The sets are not part of the portal; whoever has their files may take them in, under their own licences.
"""

from collections.abc import Callable

from audits.identity.errors import Unacceptable
from prompts.evaluations.importers.bbq import read_bbq
from prompts.evaluations.importers.questions import read_gsm8k, read_truthfulqa
from prompts.evaluations.importers.winobias import read_winobias
from prompts.evaluations.suite_files import SuiteFile

Reader = Callable[[list[str], str, int | None], SuiteFile]
"""From the texts of the files, the name of the variable and the most cases to a suite."""
READERS: dict[str, Reader] = {
    "bbq": read_bbq,
    "winobias": read_winobias,
    "gsm8k": read_gsm8k,
    "truthfulqa": read_truthfulqa,
}


def read_set(kind: str, texts: list[str], message: str = "message", most: int | None = None) -> SuiteFile:
    """A set's files as a suite whose question goes into the variable ``message``.

    Raises ``Unacceptable`` with the line for what is no such file.
    """
    if kind not in READERS:
        raise Unacceptable(f"The sets are {', '.join(READERS)}.", field="kind")
    try:
        return READERS[kind](texts, message, most)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise Unacceptable(f"This is no file of {kind}: {str(error)[:200]}", field="file") from None
