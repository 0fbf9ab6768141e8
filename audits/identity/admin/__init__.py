"""People and teams in the admin."""

from audits.identity.admin import people, teams

__all__ = ["people", "teams"]
