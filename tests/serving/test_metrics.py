"""Numbers for a monitoring system."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_loopback_reads_the_numbers(release):
    release(name="bank/letter")
    text = Client().get("/metrics").content.decode()
    assert "imprimatur_prompts 1\n" in text
    assert 'imprimatur_releases_live{environment="production"} 1\n' in text


@pytest.mark.parametrize("told", [{"REMOTE_ADDR": "10.0.0.5"}, {"HTTP_X_FORWARDED_FOR": "10.0.0.5"}])
def test_others_need_the_token(db, settings, told):
    assert Client().get("/metrics", **told).status_code == 401
    settings.METRICS_TOKEN = "watcher"
    assert Client().get("/metrics", **told, HTTP_AUTHORIZATION="Bearer wrong").status_code == 401
    assert Client().get("/metrics", **told, HTTP_AUTHORIZATION="Bearer watcher").status_code == 200
