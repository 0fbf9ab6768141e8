"""The cases of a run become rows that runs of the same cases share; filled and closed by the next two."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0005_cases_have_versions_and_results_are_compared'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('case_digest', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='CaseText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('vars', models.JSONField(default=dict)),
                ('assertions', models.JSONField(default=list)),
                ('weight', models.CharField(default='1', max_length=40)),
                ('threshold', models.CharField(max_length=40, null=True)),
                ('tags', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['name'], name='evaluations_text_name')],
            },
        ),
        migrations.CreateModel(
            name='AskedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('case', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='asked', to='evaluations.case')),
                ('case_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='evaluations.caseset')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='evaluations.casetext')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case_set', 'place'), name='evaluations_asked_place_once'), models.UniqueConstraint(fields=('case_set', 'text'), name='evaluations_asked_text_once')],
            },
        ),
        migrations.AddField(
            model_name='comparedcase',
            name='tags',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='run',
            name='case_set',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='evaluations.caseset'),
        ),
    ]
