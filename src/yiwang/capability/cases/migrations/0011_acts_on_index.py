"""Open applications on a licence are found at once; cases on none are not in the index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0010_acts_on'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(
                condition=models.Q(('acts_on', ''), _negated=True) & models.Q(('ended_at', None)),
                fields=['acts_on'],
                name='cases_on_licence',
            ),
        ),
    ]
