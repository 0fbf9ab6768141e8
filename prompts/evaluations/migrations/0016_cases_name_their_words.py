"""A case names its words as runs ask them; filled and closed by the next two."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0015_cases_tell_their_call")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="text",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="evaluations.casetext",
            ),
        ),
    ]
