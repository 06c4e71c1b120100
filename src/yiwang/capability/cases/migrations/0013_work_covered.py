"""Lists and counts of a body are answered from the index alone."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0012_post_of_opinion'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='casework',
            index=models.Index(fields=['department', 'due_on', 'case'], include=['division_code', 'turn', 'chained', 'official', 'blocked', 'for_head', 'warns_on', 'paused'], name='cases_work_at_hand'),
        ),
        RemoveIndexConcurrently(
            model_name='casework',
            name='cases_work_due',
        ),
    ]
