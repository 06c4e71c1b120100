"""Check the wider list of states without holding anybody up, and the worklist's index for them."""

import yiwang.capability.cases.definitions.profiles.names
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0002_engine_tables'),
    ]

    operations = [
        ValidateConstraint(model_name='case', name='cases_known_state'),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', (yiwang.capability.cases.definitions.profiles.names.State['SUBMITTED'], yiwang.capability.cases.definitions.profiles.names.State['WITH_OFFICIAL'], yiwang.capability.cases.definitions.profiles.names.State['ACCEPTED'], yiwang.capability.cases.definitions.profiles.names.State['IN_REVIEW'], yiwang.capability.cases.definitions.profiles.names.State['FOR_APPROVAL'], yiwang.capability.cases.definitions.profiles.names.State['SUSPENDED'], yiwang.capability.cases.definitions.profiles.names.State['APPROVED'], yiwang.capability.cases.definitions.profiles.names.State['REJECTED'], yiwang.capability.cases.definitions.profiles.names.State['ISSUED']))), fields=['department', 'id'], name='cases_at_work'),
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='cases_to_do',
        ),
    ]
