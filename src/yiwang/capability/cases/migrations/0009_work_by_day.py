"""The rows a leader drills down to are sorted by day over many bodies."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0008_casework_cases_work_of_official'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='casework',
            index=models.Index(fields=['due_on', 'case'], name='cases_work_by_day'),
        ),
    ]
