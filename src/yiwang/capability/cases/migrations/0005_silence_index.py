"""The clock finds old terms that ended without a decision."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0004_signing_and_special'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('decided_at', None), ('ended_at', None), ('silence_at__isnull', False)), fields=['silence_at'], name='cases_silence'),
        ),
    ]
