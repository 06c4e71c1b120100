"""Opinions of a signing chain, phrases, stretches outside the clock."""

import django.db.models.deletion
import yiwang.capability.cases.definitions
import yiwang.capability.cases.definitions.flow
import yiwang.kernel.references
import yiwang.mechanisms.crypto.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_work_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=8)),
                ('act', models.CharField(max_length=16)),
                ('proposal', models.CharField(blank=True, max_length=8)),
                ('text', yiwang.mechanisms.crypto.fields.EncryptedText(purpose='cases.opinion')),
                ('by', models.CharField(max_length=80)),
                ('by_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'cases_opinion',
            },
        ),
        migrations.CreateModel(
            name='OpinionPhrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=yiwang.kernel.references.new_key, max_length=16, unique=True)),
                ('official', models.CharField(max_length=80)),
                ('text', models.CharField(max_length=200)),
                ('kept_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'cases_phrase',
            },
        ),
        migrations.CreateModel(
            name='SpecialProcedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=yiwang.kernel.references.new_key, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('reason', yiwang.mechanisms.crypto.fields.EncryptedText(purpose='cases.special')),
                ('began_at', models.DateTimeField()),
                ('expected_on', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('finding', yiwang.mechanisms.crypto.fields.EncryptedText(null=True, purpose='cases.special')),
            ],
            options={
                'db_table': 'cases_special',
            },
        ),
        migrations.AddField(
            model_name='caseopinion',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='cases.case'),
        ),
        migrations.AddConstraint(
            model_name='opinionphrase',
            constraint=models.UniqueConstraint(fields=('official', 'text'), name='cases_phrase_kept_once'),
        ),
        migrations.AddField(
            model_name='specialprocedure',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='special_procedures', to='cases.case'),
        ),
        migrations.AddConstraint(
            model_name='caseopinion',
            constraint=models.CheckConstraint(condition=models.Q(('place__in', [yiwang.capability.cases.definitions.flow.ChainStep['HANDLE'], yiwang.capability.cases.definitions.flow.ChainStep['REVIEW'], yiwang.capability.cases.definitions.flow.ChainStep['APPROVE']])), name='cases_known_place_of_chain'),
        ),
        migrations.AddConstraint(
            model_name='caseopinion',
            constraint=models.CheckConstraint(condition=models.Q(('proposal__in', ['', yiwang.capability.cases.definitions.Outcome['APPROVE'], yiwang.capability.cases.definitions.Outcome['REJECT']])), name='cases_known_proposal'),
        ),
        migrations.AddConstraint(
            model_name='specialprocedure',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', [yiwang.capability.cases.definitions.flow.Special['HEARING'], yiwang.capability.cases.definitions.flow.Special['TENDER'], yiwang.capability.cases.definitions.flow.Special['AUCTION'], yiwang.capability.cases.definitions.flow.Special['INSPECTION'], yiwang.capability.cases.definitions.flow.Special['TEST'], yiwang.capability.cases.definitions.flow.Special['QUARANTINE'], yiwang.capability.cases.definitions.flow.Special['APPRAISAL'], yiwang.capability.cases.definitions.flow.Special['EXPERT_REVIEW']])), name='cases_known_special'),
        ),
        migrations.AddConstraint(
            model_name='specialprocedure',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case', 'kind'), name='cases_one_special_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='specialprocedure',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='cases_special_forwards'),
        ),
    ]
