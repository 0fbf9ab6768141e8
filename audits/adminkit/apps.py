from django.apps import AppConfig


class AdminkitConfig(AppConfig):
    name = "audits.adminkit"
    label = "adminkit"
    default_auto_field = "django.db.models.BigAutoField"
