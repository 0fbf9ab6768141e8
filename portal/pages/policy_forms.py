"""Shapes of the form in which an administrator proposes an approval policy; what may be, the service says."""

from typing import Any

from django import forms

from audits.identity.errors import GovernedError
from audits.identity.models import RequiredForm
from audits.identity.roles import SIGNERS, title
from portal.pages.forms import WordsField
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.meanings import DEMANDS, PASSWORD
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.seats import MOST, OWNER, PROMPT_STEWARD, Seat
from prompts.registry.models import Collection, RiskTier

MOST_ROWS = 12
ROLES = [("", "nobody"), *((role, title(role)) for role in sorted(SIGNERS))]
WHO = [
    ("", "anybody"),
    (OWNER, "the prompt's owner"),
    (PROMPT_STEWARD, "a steward of it"),
]


class PolicyForm(forms.Form):
    """Everything but the seats; name and place stand still once the policy exists."""

    name = forms.CharField(
        max_length=80, help_text="It never changes; a change of the rest is a new version of the policy."
    )
    risk_tier = forms.ChoiceField(choices=[("", "Every tier"), *RiskTier.choices], required=False)
    collection = forms.ModelChoiceField(
        queryset=Collection.objects.none(),
        required=False,
        empty_label="Every collection",
        help_text="The narrowest policy that covers a prompt holds: its collection's before the general one.",
    )
    authentication = forms.ChoiceField(
        label="Each signer proves himself with",
        choices=[(key, words.capitalize()) for key, words in DEMANDS.items()],
        initial=PASSWORD,
    )
    waiting_hours = forms.IntegerField(
        label="Hours to wait after submission",
        initial=0,
        min_value=0,
        help_text="People may sign meanwhile; the approval takes effect when this time is over.",
    )
    validity_days = forms.IntegerField(
        label="Days that an approval holds",
        initial=180,
        min_value=1,
        help_text="From the last signature on. Then the version must be signed anew.",
    )
    signed_forms = forms.MultipleChoiceField(
        label="Forms that every signer must have signed",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
        help_text="Beside those that his role asks for.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Whoever confirms it reads this.",
    )

    def __init__(self, *args: Any, policy: ApprovalPolicy | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = Collection.objects.order_by("slug")  # type: ignore[attr-defined]
        named = RequiredForm.objects.values_list("slug", "title")
        self.fields["signed_forms"].choices = list(named)  # type: ignore[attr-defined]
        if policy is not None:
            self.fields["name"].disabled = True
        if not named:
            del self.fields["signed_forms"]


class SeatForm(forms.Form):
    """One line: how many of whom sign in which step."""

    step = forms.IntegerField(initial=1, min_value=1, max_value=MOST, required=False)
    count = forms.IntegerField(label="How many", initial=1, min_value=1, max_value=MOST, required=False)
    role = forms.ChoiceField(choices=ROLES, required=False)
    tie = forms.ChoiceField(label="Who of them", choices=WHO, required=False)
    people = WordsField(label="Only these people", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label or ""
        self.fields["people"].widget.attrs |= {"list": "people", "autocomplete": "off"}

    @property
    def seat(self) -> dict[str, Any] | None:
        """As the service takes it; None for a line without a role."""
        data = self.cleaned_data
        if not data.get("role"):
            return None
        told = {"role": data["role"], "count": data.get("count") or 1, "step": data.get("step") or 1}
        return told | {"tie": data.get("tie", ""), "people": data.get("people", [])}


SeatForms: Any = forms.formset_factory(SeatForm, extra=2, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def seat_rows(seats: tuple[Seat, ...]) -> list[dict[str, Any]]:
    """What the lines show of stored seats."""
    return [
        {"step": s.step, "count": s.count, "role": s.role, "tie": s.tie, "people": list(s.people)}
        for s in seats
    ]


def initial_of(policy: ApprovalPolicy) -> dict[str, Any]:
    """What the form shows of a stored policy."""
    asked: Demands = policy.demands
    told = {"name": policy.name, "risk_tier": policy.risk_tier, "collection": policy.collection_id}
    return told | {
        "authentication": asked.authentication,
        "waiting_hours": asked.waiting_hours,
        "validity_days": asked.validity_days,
        "signed_forms": list(asked.forms),
    }


def demands_of(form: PolicyForm, seats: Any) -> dict[str, Any]:
    """The demands that were typed, for the service."""
    names = ("authentication", "waiting_hours", "validity_days")
    told = {name: form.cleaned_data[name] for name in names}
    told["forms"] = form.cleaned_data.get("signed_forms", [])
    return told | {"seats": [row.seat for row in seats if row.seat is not None]}


def tell(form: PolicyForm, error: GovernedError) -> None:
    """Shows at the field, else above the form, what the service refused."""
    field = {"forms": "signed_forms"}.get(error.field, error.field)
    form.add_error(field if field in form.fields else None, error.message)
