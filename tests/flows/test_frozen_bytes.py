"""A frozen version's bytes stay what they are, whatever the services do around it."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.identity.errors import GovernedError
from prompts.registry.models import Prompt, Version
from prompts.registry.services.comments import write_comment
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.drafts import create_draft, discard_draft
from prompts.registry.services.prompts import archive_prompt, edit_prompt, unarchive_prompt
from prompts.registry.services.variants import create_variant, set_clauses
from tests.people import SHELL
from tests.registry.fragments import again, fragment, frozen

pytestmark = pytest.mark.django_db

TEXTS = st.sampled_from(["Kind.", "Kinder.", "Ümlaut é \u2028", "{{name}}", "{{> bank/tone}} x"])


class Around:
    """The acts: each is tried by somebody who may do it, and may be refused by a rule of its own."""

    def __init__(self, people: Any, prompt: Prompt, tone: Version) -> None:
        self.people, self.prompt, self.tone = people, prompt, tone
        self.author, self.steward = people.actor("author"), people.actor("steward")
        self.count = 0

    def edit(self, **changes: Any) -> Any:
        """A change of the description by the steward."""
        return edit_prompt(actor=self.steward, prompt_id=self.prompt.pk, changes=changes)

    def acts(self) -> list[Callable[[str], Any]]:
        """Everything that touches the prompt or what it includes."""
        return [
            lambda text: again(self.people, self.tone, text),
            lambda text: self.edit(tags=[text[:9]]),
            lambda text: self.edit(limits=text),
            lambda text: self.edit(risk_tier="high"),
            lambda text: self.edit(owner=self.people.steward),
            lambda text: create_draft(
                actor=self.author, prompt_id=self.prompt.pk, messages=[{"role": "text", "content": text}]
            ),
            lambda text: frozen(self.people, self.prompt.versions.order_by("-number")[0]),
            lambda text: discard_draft(
                actor=self.author, version_id=self.prompt.versions.order_by("-number")[0].pk
            ),
            lambda text: archive_prompt(actor=self.author, prompt_id=self.prompt.pk, reason=text),
            lambda text: unarchive_prompt(actor=self.author, prompt_id=self.prompt.pk, reason=text),
            lambda text: archive_prompt(actor=self.author, prompt_id=self.tone.prompt_id, reason=text),
            lambda text: set_clauses(actor=self.author, base_id=self.prompt.pk, clauses=[[text]]),
            lambda text: self._variant(text),
            lambda text: write_comment(actor=self.author, prompt_id=self.prompt.pk, text=text, version=1),
        ]

    def _variant(self, text: str) -> Any:
        self.count += 1
        values = {"channel": f"c{self.count}"}
        return create_variant(actor=self.author, base_id=self.prompt.pk, dimensions=values)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 13), TEXTS), min_size=5, max_size=25))
@pytest.mark.requirement("sec-17a-4/f-2-i")
def test_the_bytes_never_change(people, factory, acts):
    set_dimension(actor=SHELL, slug="channel", title="Channel", values=[f"c{n}" for n in range(30)])
    tone = Version.objects.filter(prompt__name="bank/tone").order_by("number").first() or fragment(
        people, "bank/tone", "Kind."
    )
    if tone.prompt.archived_at is not None:
        unarchive_prompt(actor=SHELL, prompt_id=tone.prompt_id, reason="Again.")
    version = frozen(people, factory.draft(text="{{> bank/tone}} Dear {{name}}, ümlaut\r\n"))
    before = {row.pk: (row.canonical, row.digest) for row in Version.objects.frozen()}
    around = Around(people, version.prompt, tone)
    for number, text in acts:
        try:
            around.acts()[number](text)
        except GovernedError:
            continue
    after = {row.pk: (row.canonical, row.digest) for row in Version.objects.frozen()}
    assert {key: after[key] for key in before} == before
    assert all(hashlib.sha256(text.encode()).hexdigest() == digest for text, digest in after.values())
    assert version.canonical == before[version.pk][0]
