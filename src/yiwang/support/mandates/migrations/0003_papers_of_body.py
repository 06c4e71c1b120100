"""A body lists what it wrote down from papers without reading anybody else's."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('mandates', '0002_under_another'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='mandate',
            index=models.Index(
                condition=models.Q(('consent_kind', 'PAPER')),
                fields=['department', '-id'],
                name='mandates_papers_of_body',
            ),
        ),
    ]
