"""The WSGI callable that granian serves."""

import os

from portal.runtime.dotenv import load_dotenv

load_dotenv()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402  settings must be named first

application = get_wsgi_application()
