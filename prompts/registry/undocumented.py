"""Prompts below the documentation standard of their tier, found by the database itself."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Length

from prompts.registry.documentation import BLANK, OWNER, SECTIONS, Standard
from prompts.registry.models import Prompt


class Stripped(Func):
    """A text without the characters ``BLANK`` at its ends."""

    function = "TRIM"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="BTRIM", **context)


def below_standard(rows: QuerySet[Prompt], standards: Mapping[str, Standard]) -> QuerySet[Prompt]:
    """Of ``rows``, those that ``completeness`` would not call full; tiers without a standard ask nothing."""
    asked = [(tier, section) for tier, told in standards.items() for section in told.sections]
    texts = {section.name for _, section in asked} - {OWNER}
    lengths = {
        f"length_{name}": Length(Stripped(F(name), Value(BLANK))) for name in SECTIONS if name in texts
    }
    missing = Q(pk__in=[])
    for tier, section in asked:
        if section.name == OWNER:
            missing |= Q(risk_tier=tier, owner__isnull=True)
        else:
            missing |= Q(risk_tier=tier, **{f"length_{section.name}__lt": section.least})
    return rows.alias(**lengths).filter(missing)
