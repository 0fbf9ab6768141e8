"""A stolen session, and signatures that it could give."""

import pytest

from audits.identity.errors import Refused
from portal.evidence import collect
from portal.services.sign_version import MEANINGS, MOST_GUESSES, sign_version
from prompts.lifecycle.models import SignOff
from tests.people import PASSWORD
from tests.reading import open_everything


def sign(people, request, password):
    open_everything(people.actor("steward"), request)
    return sign_version(
        actor=people.actor("steward"),
        request_id=request.pk,
        role="steward",
        meaning=MEANINGS["steward"][0],
        comment="",
        seen_text_digest=request.version.digest,
        seen_evidence_digest=collect(request.version).digest,
        password=password,
    )


@pytest.mark.requirement("21-cfr-11/300")
def test_guessing_the_password_at_the_desk_is_stopped(people, factory):
    request = factory.submitted()
    for _ in range(MOST_GUESSES):
        with pytest.raises(Refused, match="not your password"):
            sign(people, request, "guess")
    with pytest.raises(Refused, match="locked"):
        sign(people, request, PASSWORD)
    assert not SignOff.objects.exists()


def test_a_signature_ends_the_count_of_wrong_passwords(people, factory):
    first, second = factory.submitted(), factory.submitted()
    for request in (first, second):
        for _ in range(MOST_GUESSES - 1):
            with pytest.raises(Refused, match="not your password"):
                sign(people, request, "guess")
        sign(people, request, PASSWORD)
    assert SignOff.objects.count() == 2
