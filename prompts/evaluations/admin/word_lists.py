"""Word lists that an organisation keeps."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminTextareaWidget

from audits.adminkit.governed import ShapeForm
from audits.identity.actors import Actor
from audits.identity.governed import GovernedAdmin
from prompts.evaluations.fairness.word_lists import FOLDER, read_lists
from prompts.evaluations.models import WordList
from prompts.evaluations.policies import SHARED_SUITE_WRITERS, WordListPolicy
from prompts.evaluations.services.word_lists import create_word_list, edit_word_list


def english() -> str:
    """The portal's own English lists, to begin from."""
    return (FOLDER / "en.yaml").read_text(encoding="utf-8")


class WordListForm(ShapeForm):
    """The lists as YAML; a new one begins as the English lists are."""

    text = forms.CharField(
        label="Lists",
        strip=False,
        initial=english,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, "spellcheck": "false", "class": "mono"}),
        help_text=(
            "A new list begins as the portal's English one: language; forms, the words of each gender; "
            "names, for each origin its first names by gender, surnames and nationality; ages. The first of "
            "each is what the others are held against."
        ),
    )

    class Meta:
        model = WordList
        fields = ("name", "text", "note", "is_active")


@admin.register(WordList)
class WordListAdmin(GovernedAdmin):
    """Seen by everybody, kept by those who write suites for every collection."""

    form = WordListForm
    policy = WordListPolicy
    change_verb = "write"
    list_display = ("name", "told", "note", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    labels: ClassVar[dict[str, str]] = {"is_active": "In use"}
    helps: ClassVar[dict[str, str]] = {
        "name": "Small letters, digits and hyphens; it never changes. A suite's page By group offers it.",
        "is_active": "Suites that were made with it stay as they are.",
    }

    def narrow(self, actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows

    def opens_list(self, actor: Actor) -> bool:
        return True

    def has_add_permission(self, request: Any) -> bool:
        actor = getattr(request, "actor", None)
        return bool(actor and actor.has_role(*SHARED_SUITE_WRITERS))

    def get_fields(self, request: Any, obj: WordList | None = None) -> tuple[str, ...]:
        return ("name", "text", "note", "is_active") if obj else ("name", "text", "note")

    def get_readonly_fields(self, request: Any, obj: WordList | None = None) -> tuple[str, ...]:
        return ("name",) if obj else ()

    @admin.display(description="Holds")
    def told(self, row: WordList) -> str:
        """The language, and how many groups of each kind."""
        lists = read_lists(row.text)
        groups = f"{len(lists.forms)} genders, {len(lists.names)} origins, {len(lists.ages)} ages"
        return f"{lists.language}: {groups}"

    def create(self, actor: Actor, data: dict[str, Any]) -> WordList:
        return create_word_list(actor=actor, name=data["name"], text=data["text"], note=data["note"])

    def change(self, actor: Actor, obj: WordList, data: dict[str, Any]) -> WordList:
        changes = {name: data[name] for name in ("text", "note", "is_active")}
        return edit_word_list(actor=actor, word_list_id=obj.pk, changes=changes)
