"""Blocks, participants, holdings; what the engine keeps of a case. The old code still runs on it."""

import django.db.models.deletion
import yiwang.capability.cases.definitions
import yiwang.capability.cases.definitions.profiles.names
import yiwang.mechanisms.crypto.fields
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=120)),
                ('label', models.CharField(max_length=200)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'cases_block',
            },
        ),
        migrations.CreateModel(
            name='CaseHolding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder_kind', models.CharField(max_length=12)),
                ('holder', models.CharField(max_length=120)),
                ('label', models.CharField(max_length=120)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'cases_holding',
            },
        ),
        migrations.CreateModel(
            name='CaseParticipant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.CharField(max_length=18)),
                ('division_code', models.CharField(max_length=12)),
                ('reference', models.CharField(max_length=120)),
                ('let_in_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'cases_participant',
            },
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='cases_known_state',
        ),
        migrations.AddField(
            model_name='case',
            name='body',
            field=models.CharField(blank=True, db_default='', default='', max_length=18),
        ),
        migrations.AddField(
            model_name='case',
            name='body_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='case',
            name='decision_blocks',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='case',
            name='deemed',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='case',
            name='delivery',
            field=yiwang.mechanisms.crypto.fields.EncryptedJSON(null=True, purpose='cases.delivery'),
        ),
        migrations.AddField(
            model_name='case',
            name='held_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='issue_blocks',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='case',
            name='silence_at',
            field=models.DateTimeField(null=True),
        ),
        AddConstraintNotValid(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', [yiwang.capability.cases.definitions.profiles.names.State['SUBMITTED'], yiwang.capability.cases.definitions.profiles.names.State['WITH_OFFICIAL'], yiwang.capability.cases.definitions.profiles.names.State['RETURNED'], yiwang.capability.cases.definitions.profiles.names.State['ACCEPTED'], yiwang.capability.cases.definitions.profiles.names.State['IN_REVIEW'], yiwang.capability.cases.definitions.profiles.names.State['FOR_APPROVAL'], yiwang.capability.cases.definitions.profiles.names.State['SUSPENDED'], yiwang.capability.cases.definitions.profiles.names.State['APPROVED'], yiwang.capability.cases.definitions.profiles.names.State['REJECTED'], yiwang.capability.cases.definitions.profiles.names.State['ISSUED'], yiwang.capability.cases.definitions.profiles.names.State['DELIVERED'], yiwang.capability.cases.definitions.profiles.names.State['CLOSED'], yiwang.capability.cases.definitions.profiles.names.State['HANDED_BACK'], yiwang.capability.cases.definitions.profiles.names.State['REFUSED'], yiwang.capability.cases.definitions.profiles.names.State['NOT_OURS'], yiwang.capability.cases.definitions.profiles.names.State['WITHDRAWN'], yiwang.capability.cases.definitions.profiles.names.State['TERMINATED'], yiwang.capability.cases.definitions.profiles.names.State['REVOKED']])), name='cases_known_state'),
        ),
        migrations.AddField(
            model_name='caseblock',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='cases.case'),
        ),
        migrations.AddField(
            model_name='caseholding',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holdings', to='cases.case'),
        ),
        migrations.AddField(
            model_name='caseparticipant',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='cases.case'),
        ),
        migrations.AddConstraint(
            model_name='caseblock',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case', 'stage', 'reason'), name='cases_one_open_block'),
        ),
        migrations.AddConstraint(
            model_name='caseblock',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', [yiwang.capability.cases.definitions.Stage['DECISION'], yiwang.capability.cases.definitions.Stage['ISSUE']])), name='cases_known_block_stage'),
        ),
        migrations.AddConstraint(
            model_name='caseholding',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='cases_one_holder_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='caseholding',
            constraint=models.CheckConstraint(condition=models.Q(('holder_kind__in', [yiwang.capability.cases.definitions.HolderKind['APPLICANT'], yiwang.capability.cases.definitions.HolderKind['DEPARTMENT'], yiwang.capability.cases.definitions.HolderKind['SPECIAL'], yiwang.capability.cases.definitions.HolderKind['MACHINE']])), name='cases_known_holder_kind'),
        ),
        migrations.AddConstraint(
            model_name='caseholding',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='cases_held_forwards'),
        ),
        migrations.AddConstraint(
            model_name='caseparticipant',
            constraint=models.UniqueConstraint(fields=('case', 'department', 'division_code', 'reference'), name='cases_let_in_once'),
        ),
    ]
