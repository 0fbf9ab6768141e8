"""People, teams and forms in the admin."""

from audits.identity.admin import forms, people, teams

__all__ = ["forms", "people", "teams"]
