"""No case is without its words."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0017_words_of_cases_kept")]
    operations = [
        migrations.AlterField(
            model_name="case",
            name="text",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="evaluations.casetext",
            ),
        ),
    ]
