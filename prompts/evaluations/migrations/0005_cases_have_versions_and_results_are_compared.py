"""Cases count their versions; results are compared once; people overrule verdicts in rows of their own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audits.ledger.triggers import protect


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0004_models_budgets_pauses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ComparedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('case_name', models.CharField(max_length=200)),
                ('change', models.CharField(choices=[('regressed', 'Regressed'), ('fixed', 'Fixed'), ('words', 'Other words'), ('same', 'Same'), ('altered', 'Case changed'), ('added', 'Only here'), ('gone', 'Only there')], max_length=10)),
                ('left_passed', models.PositiveIntegerField(default=0)),
                ('left_total', models.PositiveIntegerField(default=0)),
                ('left_score', models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ('right_passed', models.PositiveIntegerField(default=0)),
                ('right_total', models.PositiveIntegerField(default=0)),
                ('right_score', models.DecimalField(decimal_places=6, default=0, max_digits=7)),
                ('failing', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True)),
                ('counts', models.JSONField(default=dict)),
                ('figures', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('pass', 'Passed'), ('fail', 'Failed')], max_length=5)),
                ('original', models.CharField(max_length=5)),
                ('reason', models.CharField(max_length=1000)),
                ('by_name', models.CharField(max_length=255)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='author',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name='case',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='historicalcase',
            name='author',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name='historicalcase',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['run', 'state', 'case_name', 'id'], name='evaluations_result_order'),
        ),
        migrations.AddField(
            model_name='comparedcase',
            name='left_result',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='evaluations.result'),
        ),
        migrations.AddField(
            model_name='comparedcase',
            name='right_result',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='evaluations.result'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='left',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='compared_from', to='evaluations.run'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='left_provider',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evaluations.provider'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='right',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='compared_to', to='evaluations.run'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='right_provider',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evaluations.provider'),
        ),
        migrations.AddField(
            model_name='comparedcase',
            name='comparison',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='evaluations.comparison'),
        ),
        migrations.AddField(
            model_name='override',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='override',
            name='result',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='evaluations.result'),
        ),
        migrations.AddIndex(
            model_name='comparedcase',
            index=models.Index(fields=['comparison', 'change', 'place'], name='evaluations_compared_change'),
        ),
        migrations.AddIndex(
            model_name='comparedcase',
            index=models.Index(fields=['comparison', 'failing', 'place'], name='evaluations_compared_failing'),
        ),
        migrations.AddConstraint(
            model_name='comparedcase',
            constraint=models.UniqueConstraint(fields=('comparison', 'place'), name='evaluations_compared_place_once'),
        ),
        migrations.AddIndex(
            model_name='override',
            index=models.Index(fields=['result', '-id'], name='evaluations_override_newest'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['pass', 'fail'])), name='evaluations_override_verdict_known'),
        ),
        *protect("evaluations_override"),
        # SQLite rebuilt the history of cases and dropped its triggers with it.
        *protect("evaluations_historicalcase", keys=("history_id",)),
    ]
