"""Tables of the notices."""

from audits.notices.models.endpoint import Delivery, Endpoint
from audits.notices.models.letter import Letter
from audits.notices.models.notice import Notice, Preference, Told

__all__ = ["Delivery", "Endpoint", "Letter", "Notice", "Preference", "Told"]
