"""Shapes of the forms about a prompt's description; whether it may be so, the services decide."""

import re
from typing import Any

from django import forms

from audits.identity.errors import GovernedError
from audits.identity.models import User
from prompts.registry.documentation import SECTIONS
from prompts.registry.models import Collection, Kind, Prompt

NOTES = ("purpose", "intended_use", "excluded_use", "data", "limits", "hazards", "explanation")
LONG = forms.Textarea(attrs={"rows": 3})
WRITE_FIRST = "Write the text first."


NO_TEXT = re.compile(r"messages\[(\d+)\]\.content is empty\.")


def in_words(error: GovernedError) -> str:
    """The message for somebody who writes in a form and knows no places such as ``messages[0].content``."""
    found = NO_TEXT.fullmatch(error.message)
    if found is None:
        return error.message
    at = int(found.group(1))
    return f"Message {at + 1} has no text: write it or remove the message." if at else WRITE_FIRST


class WordsField(forms.CharField):
    """Words divided by commas or lines, as a list."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = value if isinstance(value, str) else ", ".join(value or [])
        return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]

    def prepare_value(self, value: Any) -> str:
        return ", ".join(value) if isinstance(value, list) else value or ""


class PersonField(forms.CharField):
    """A user name or printed name; empty means nobody."""

    def clean(self, value: Any) -> User | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        found = User.objects.filter(username__iexact=text, is_active=True).first()
        if found is None:
            named = list(User.objects.filter(full_name__iexact=text, is_active=True)[:2])
            found = named[0] if len(named) == 1 else None
        if found is None:
            raise forms.ValidationError(f"Nobody here is called {text!r}; write a user name.")
        return found


class DescriptionForm(forms.ModelForm):
    """What a prompt is for and who answers for it."""

    owner = PersonField(required=False, help_text="Who answers for it: a user name.")
    tags = WordsField(required=False, help_text="Words divided by commas.")
    regulation_tags = WordsField(
        required=False, help_text="Rules that it falls under, such as eu-ai-act-annex-iii."
    )

    class Meta:
        model = Prompt
        fields = [*SECTIONS, "tags", "regulation_tags", "risk_tier"]
        widgets = dict.fromkeys(NOTES, LONG)

    field_order = ["purpose", "intended_use", "excluded_use", "audience", "owner", "risk_tier", "tags"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.owner_id:
            self.initial["owner"] = self.instance.owner.username
        self.fields["owner"].widget.attrs.update({"list": "people", "autocomplete": "off"})

    def _post_clean(self) -> None:
        """The instance stays as it is: only the service writes it."""

    def changes(self) -> dict[str, Any]:
        """Only what the person changed, for the service."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.fields}

    def blame(self, error: GovernedError) -> None:
        """Shows a service's refusal at its field, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, in_words(error))


FIRST_FIELDS = ("collection", "leaf", "kind", "text", "purpose", "owner", "risk_tier", "tags")


class NewPromptForm(DescriptionForm):
    """The same for a new prompt, with its place, kind and first text."""

    collection = forms.ModelChoiceField(Collection.objects.none(), empty_label=None)
    leaf = forms.CharField(
        label="Name",
        max_length=255,
        error_messages={"required": "Give it a name."},
        help_text="Folders by slashes, such as cards/refusal.",
    )
    kind = forms.ChoiceField(choices=Kind.choices, initial=Kind.TEXT)
    text = forms.CharField(
        label="First text",
        strip=False,
        error_messages={"required": WRITE_FIRST},
        help_text="Variables stand in double braces, such as {{name}}. "
        "The first text of a chat is its system message.",
        widget=forms.Textarea(attrs={"rows": 10, "class": "prompt"}),
    )
    field_order = list(FIRST_FIELDS)

    def __init__(self, *args: Any, collections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collection"].queryset = collections  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError(WRITE_FIRST)
        return text

    def first_fields(self) -> list[Any]:
        """What a draft needs."""
        return [self[name] for name in self.fields if name in FIRST_FIELDS]

    def later_fields(self) -> list[Any]:
        """What can be said later, before approval."""
        return [self[name] for name in self.fields if name not in FIRST_FIELDS]

    def has_later_fault(self) -> bool:
        """Whether one of the later fields is to be mended, so that they are shown open."""
        return any(field.errors for field in self.later_fields())

    def blame(self, error: GovernedError) -> None:
        error.field = {"name": "leaf", "messages": "text"}.get(error.field, error.field)
        super().blame(error)
