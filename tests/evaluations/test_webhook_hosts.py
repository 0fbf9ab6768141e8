"""Webhook assertions send outputs away: only to hosts that were named."""

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.work_on_run import work_on_run
from prompts.evaluations.webhook_hosts import host_fault
from tests.fixtures.stub import Answer as Sent


def asks(url, engineer, suite, name="open"):
    wanted = [{"type": "webhook", "value": url}]
    return save_case(actor=engineer, suite_id=suite.pk, name=name, vars={"decision": name}, assertions=wanted)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://checks.example.org/a", True),
        ("https://CHECKS.example.org:8443/a", True),
        ("https://a.inside.example/", True),
        ("https://inside.example/", False),
        ("https://checks.example.org.evil.example/", False),
        ("https://checks.example.org@evil.example/", False),
        ("https://evil.example/checks.example.org", False),
        ("checks.example.org", False),
        ("http://[", False),
    ],
)
def test_the_host_decides(settings, url, fine):
    settings.WEBHOOK_HOSTS = ["checks.example.org", "*.inside.example"]
    assert (host_fault(url) == "") is fine


def test_a_case_that_would_send_outputs_elsewhere_is_refused(engineer, suite):
    with pytest.raises(Unacceptable, match="WEBHOOK_HOSTS") as caught:
        asks("https://evil.example/steal", engineer, suite)
    assert caught.value.field == "assertions[0]"


def test_a_host_that_is_no_longer_named_hears_nothing(
    engineer, suite, version, recorded, stub_server, settings
):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    stub_server.answer("/judge", Sent({"pass": True}))
    asks(f"{stub_server.url}/judge", engineer, suite)
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])
    settings.WEBHOOK_HOSTS = []
    work_on_run(run_id=run.pk)
    found = run.results.get(case_name="open")
    assert (found.state, stub_server.asked) == ("error", [])
    assert "outputs are not sent to 127.0.0.1" in found.error


def test_an_address_with_variables_is_judged_when_it_is_filled_in(
    engineer, suite, version, recorded, stub_server, settings
):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    stub_server.answer("/open", Sent({"pass": True}))
    asks(stub_server.url + "/{{decision}}", engineer, suite)
    asks("https://{{decision}}.example/", engineer, suite, name="refused")
    run = start_run(actor=engineer, version_id=version.pk, suite_id=suite.pk, providers=[recorded])
    work_on_run(run_id=run.pk)
    assert dict(run.results.values_list("case_name", "state")) == {
        "granted": "pass", "open": "pass", "refused": "error"
    }  # fmt: skip
