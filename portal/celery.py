"""The Celery application; rooms declare their tasks in ``tasks.py``."""

import os

from celery import Celery

from portal.runtime.dotenv import load_dotenv

load_dotenv()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("imprimatur")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
