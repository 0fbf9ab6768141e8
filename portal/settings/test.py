"""The only override: what makes tests quick, and nothing that changes behaviour."""

from portal.settings import *  # noqa: F403  the one override starts from everything

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
OUTGOING_ALLOWED_NETWORKS = ["127.0.0.0/8"]
