"""Tables of the notices."""

from audits.notices.models.notice import Notice, Told

__all__ = ["Notice", "Told"]
