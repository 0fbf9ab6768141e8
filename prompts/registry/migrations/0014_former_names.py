"""Names that prompts had before, which only grow."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from audits.ledger.triggers import protect


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_fragment_use_label")]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("until", models.DateTimeField()),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="registry.prompt",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="registry_former_name_once"
                    )
                ]
            },
        ),
        *protect("registry_formername"),
    ]
