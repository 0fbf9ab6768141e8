"""One of everything in the bank's collection, and the addresses that lead to it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from audits.identity.services.signed_forms import set_form
from audits.notices.models import Notice
from audits.notices.services.endpoints import create_endpoint
from prompts.evaluations.fairness.word_lists import FOLDER
from prompts.evaluations.models import Provider, RawAnswer, Result
from prompts.evaluations.services.cases import save_case
from prompts.evaluations.services.collection_budgets import set_collection_budget
from prompts.evaluations.services.schedules import save_schedule
from prompts.evaluations.services.start_run import start_run
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.services.word_lists import create_word_list
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest
from prompts.lifecycle.services.propose_policy import propose_policy
from prompts.observability.models import Call
from prompts.registry.models import DocumentationStandard, Environment, LintPolicy
from prompts.registry.services.comments import write_comment
from prompts.registry.services.dimensions import set_dimension
from prompts.registry.services.watches import save_search
from prompts.releases.models import GatePolicy
from prompts.releases.services.ask import ask_release
from prompts.releases.services.emergency import ask_emergency
from prompts.releases.services.gate_policies import set_gate
from prompts.releases.services.schedule import schedule_release
from tests.exports.made import finished_export
from tests.people import SHELL


def addresses(patterns: Any = None, before: str = "", space: str = "") -> list[tuple[str, str]]:
    """Every (name, path) that the portal answers to; the name is empty where it has none."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append((f"{space}{pattern.name}" if pattern.name else "", path))
        else:
            deeper = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += addresses(pattern.url_patterns, path, deeper)
    return found


@dataclass
class Stage:
    """Rows by the word that an address's name holds."""

    rows: dict[str, Any]

    def url(self, name: str) -> str:
        """The address of that name, about the row that it is about."""
        bare = name.removeprefix("admin:")
        row = self.rows.get(bare) or self.rows.get(bare.rpartition("_")[0])
        if bare.endswith("_simple_history"):
            row = self.rows[bare.removesuffix("_simple_history")]
            entry = row.history.latest().history_id if hasattr(row, "history") else 1
            return reverse(name, args=[row.pk, entry])
        if bare in {"run-results", "run-measures-file"}:
            return reverse(name, args=[self.rows["run"].pk, "csv"])
        if bare == "retention-kind":
            return reverse(name, args=["identity.key.created"])
        plain = bare.endswith(("_changelist", "_add")) or row is None
        return reverse(name) if plain else reverse(name, args=[row.pk])


def build(people: Any, bank: Any, factory: Any) -> Stage:
    """Walks one prompt through everything."""
    version = factory.submitted(name="bank/letter").version
    draft = factory.draft(name="bank/draft")
    suite = create_suite(actor=SHELL, name="polite", title="Polite", collection=bank)
    case = save_case(
        actor=SHELL,
        suite_id=suite.pk,
        name="one",
        assertions=[{"type": "contains", "value": "a"}],
        taken_from=version.prompt,
    )
    provider = Provider.objects.get(name="local")
    run = start_run(
        actor=people.actor("author"), version_id=version.pk, suite_id=suite.pk, providers=[provider]
    )
    schedule = save_schedule(
        actor=people.actor("author"),
        name="nightly",
        prompt_id=version.prompt_id,
        suite_id=suite.pk,
        provider_id=provider.pk,
    )
    result = Result.objects.create(
        run=run, case_name="one", case_digest="0" * 64, provider=provider, state="pass", output="a"
    )
    RawAnswer.objects.create(result=result, body="{}")
    call = Call.objects.create(
        trace_id="t",
        span_id="s",
        started_at=timezone.now(),
        prompt=version.prompt,
        version=version,
        account="x",
    )
    by_prompt = (
        "prompt",
        "prompt-edit",
        "prompt-card",
        "prompt-access",
        "prompt-purpose",
        "prompt-sensitive",
        "prompt-viewers",
        "prompt-viewers-file",
        "prompt-archive",
        "prompt-rename",
        "variant-new",
        "comment",
        "watch",
        "variant-link",
        "variant-unlink",
        "variant-clauses",
        "draft-new",
        "compare",
        "beside",
        "release",
        "freeze",
        "release-history",
        "emergency-new",
        "run-start",
    )
    remark = write_comment(actor=people.actor("author"), prompt_id=version.prompt_id, text="Why so?")
    notice = Notice.objects.create(
        user=people.author,
        event=uuid4(),
        kind="registry.comment.written",
        words="Told",
        subject="bank/letter",
        address="/admin/",
        at=timezone.now(),
    )
    webhook = create_endpoint(
        actor=SHELL,
        name="hook",
        url="https://hooks.example/in",
        kinds=["releases.release.made"],
        owner=people.administrator,
        all_collections=True,
    ).endpoint
    asked = ask_release(
        actor=people.actor("author"), version_id=version.pk, environment="production", reason="It is ready."
    )
    export = finished_export(people.actor("author"))
    kept = save_search(actor=people.actor("author"), name="Mine", query="?q=a")
    rows = dict.fromkeys(by_prompt, version.prompt)
    rows["fragment-propose"] = rows["fragment-put-in"] = factory.draft(
        name="bank/tone", kind="fragment", text="Kindly."
    ).prompt
    rows |= dict.fromkeys(("draft", "draft-preview", "submit"), draft)
    rows |= dict.fromkeys(
        (
            "run",
            "run-state",
            "run-cancel",
            "run-pause",
            "run-resume",
            "run-matrix",
            "run-measures",
            "run-grade",
        ),
        run,
    )
    rows |= dict.fromkeys(("result", "result-output", "result-received", "result-override"), result)
    rows |= dict.fromkeys(("call", "call-output", "call-case"), call)
    set_gate(
        actor=SHELL,
        environment="staging",
        emergency_roles=["ethics-officer", "steward"],
        emergency_hours=8,
    )
    rows |= {
        "gate": GatePolicy.objects.first(),
        "schedule-cancel": schedule_release(
            actor=people.actor("steward"),
            version_id=version.pk,
            environment="staging",
            due_at=timezone.now() + timedelta(days=1),
            reason="At night.",
        ),
        "emergency": ask_emergency(
            actor=people.actor("steward"),
            version_id=version.pk,
            environment="staging",
            reason="It burns.",
            hours=2,
        ),
        "version": version,
        "comment-settle": remark,
        "notice-open": notice,
        "search-forget": kept,
        "deliveries": webhook,
        **dict.fromkeys(("export-file", "export-checkpoint", "export-cancel"), export),
        "notices_endpoint": webhook,
        "release-withdraw": asked,
        "hand-over": people.leaver,
        "person-access": people.leaver,
        **dict.fromkeys(
            ("desk-request", "desk-read", "desk-remind"), ApprovalRequest.objects.get(version=version)
        ),
        "desk-failure": result,
        **dict.fromkeys(("suite", "suite-by-group", "suite-trend"), suite),
        "identity_serviceaccount_revoke": people.service,
        "identity_user": people.stranger,
        "identity_team": people.other_team,
        "identity_serviceaccount": people.service,
        "registry_environment": Environment.objects.first(),
        "registry_collection": bank,
        "registry_dimension": set_dimension(
            actor=SHELL, slug="channel", title="Channel", values=["sms", "chat"]
        ),
        "registry_documentationstandard": DocumentationStandard.objects.first(),
        "registry_prompt": version.prompt,
        "registry_lintpolicy": LintPolicy.objects.first(),
        "policy": (policy := ApprovalPolicy.objects.first()),
        "policy-change": policy,
        "policy-proposal": _proposal(people),
        **dict.fromkeys(("form", "form-people", "identity_requiredform"), _form()),
        "lifecycle_approvalpolicy": ApprovalPolicy.objects.first(),
        "releases_gatepolicy": GatePolicy.objects.first(),
        "evaluations_provider": provider,
        "evaluations_collectionbudget": set_collection_budget(
            actor=SHELL, collection_id=bank.pk, month_budget="100"
        ),
        "evaluations_wordlist": create_word_list(
            actor=SHELL, name="ours", text=(FOLDER / "en.yaml").read_text(encoding="utf-8")
        ),
        "evaluations_suite": suite,
        "evaluations_case": case,
        "evaluations_schedule": schedule,
    }
    return Stage(rows)


def _proposal(people: Any) -> Any:
    """A policy that waits for a second person."""
    demands = {"seats": [{"role": "steward", "count": 1}], "validity_days": 30}
    return propose_policy(
        actor=people.actor("administrator"), name="every tier", demands=demands, reason="None is left out."
    )


def _form() -> Any:
    """A form that nobody is asked to sign."""
    return set_form(
        actor=SHELL,
        slug="rules",
        title="Rules",
        kind="acknowledgement",
        text="Read what you sign.",
        roles=[],
        validity_days=365,
    )
