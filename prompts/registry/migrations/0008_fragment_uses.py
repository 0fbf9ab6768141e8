"""The index of which version includes which fragment."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_similarity")]

    operations = [
        migrations.CreateModel(
            name="FragmentUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=255)),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("is_direct", models.BooleanField(default=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fragment_uses",
                        to="registry.version",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["name", "version"], name="registry_use_name")],
                "constraints": [models.UniqueConstraint(fields=("version", "name"), name="registry_use_once")],
            },
        ),
    ]
