"""Deterministic grading of one output, with promptfoo's assertion names, fields and meanings.

Pure: no Django, no Celery, no network. ``grade`` is the door.
"""

from prompts.evaluations.graders.grading import grade, grade_one
from prompts.evaluations.graders.outcome import CannotGrade, Context, Graded

__all__ = ["CannotGrade", "Context", "Graded", "grade", "grade_one"]
