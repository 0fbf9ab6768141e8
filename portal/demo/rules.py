"""The rules of the clinic: high-risk prompts are signed in steps, by people who know what that means."""

from audits.identity.actors import Actor
from audits.identity.models import RequiredForm, SignedForm
from audits.identity.services.signed_forms import set_form, text_digest
from portal.demo.walk import Stage
from portal.services.sign_form import sign_form
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.models import Collection

FORM, POLICY = "signing-at-the-clinic", "clinic, high risk"
SIGNERS = ("ada", "jonas", "runa")
TEXT = """Whoever signs a prompt of the clinic answers for it by name.

I sign only a text that I have read against what is live, with the failed cases in front of me.
I do not sign a text that I wrote in, and I tell the steward where I am not free to judge.
When a patient could come to harm, I ask for the prompt to be frozen first and discuss it afterwards."""


def make_rules(shell: Actor, stage: Stage, clinic: Collection) -> None:
    """Makes what is missing of the form, its signatures and the policy; what people changed stays."""
    form = RequiredForm.objects.filter(slug=FORM).first() or set_form(
        actor=shell,
        slug=FORM,
        title="Signing at the clinic",
        kind=RequiredForm.Kind.ACKNOWLEDGEMENT,
        text=TEXT,
        roles=[],
        validity_days=365,
    )
    for username in SIGNERS:
        if not SignedForm.objects.filter(form=form, username=username).exists():
            sign_form(
                actor=stage.actor(username),
                form_id=form.pk,
                seen_digest=text_digest(form),
                password=stage.passwords[username],
            )
    if not ApprovalPolicy.objects.filter(name=POLICY).exists():
        set_policy(
            actor=shell,
            name=POLICY,
            risk_tier="high",
            collection=clinic,
            seats=[
                {"role": "domain-expert", "count": 1},
                {"role": "ethics-officer", "count": 1, "step": 2},
            ],
            validity_days=180,
            forms=[FORM],
        )
