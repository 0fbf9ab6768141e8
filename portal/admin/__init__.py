"""Admin pages of rows whose choices come from several rooms."""

from portal.admin import endpoints

__all__ = ["endpoints"]
