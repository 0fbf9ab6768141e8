"""Suites in files: promptfoo's configurations and tests, read as they are. Pure.

Written after promptfoo's pages on configuration (``configuration/reference``, ``guide``, ``test-cases``,
``scenarios`` and ``expected-outputs``). What a file asks for and cannot be had here is told, never dropped.
"""

from prompts.evaluations.suite_files.folder import Folder
from prompts.evaluations.suite_files.reading import read_from, read_suite
from prompts.evaluations.suite_files.told import ENDINGS, SuiteFile, Unsupported

__all__ = ["ENDINGS", "Folder", "SuiteFile", "Unsupported", "read_from", "read_suite"]
