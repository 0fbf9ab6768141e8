"""Makes our site the admin site."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """``django.contrib.admin`` with the portal's site in place of its own."""

    default_site = "portal.site.PortalSite"
    default = False
