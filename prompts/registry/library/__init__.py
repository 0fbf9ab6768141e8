"""Reads prompt libraries of other makers into rows. Knows neither Django nor Celery."""

from prompts.registry.library.files import FORMATS, read_path
from prompts.registry.library.rows import FIELDS, Fault, Row, Text

__all__ = ["FIELDS", "FORMATS", "Fault", "Row", "Text", "read_path"]
