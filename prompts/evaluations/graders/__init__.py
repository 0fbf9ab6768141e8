"""Grading of one output, with promptfoo's assertion names, fields and meanings.

Pure: no Django, no Celery, no network; a judge, an embedder and a way out are handed in. ``grade`` is the
door.
"""

from prompts.evaluations.graders.grading import grade, grade_one
from prompts.evaluations.graders.outcome import CannotGrade, Context, Graded, ToolFault, Tools

__all__ = ["CannotGrade", "Context", "Graded", "ToolFault", "Tools", "grade", "grade_one"]
