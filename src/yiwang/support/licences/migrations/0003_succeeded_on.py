"""A renewed licence holds until the first day of its next version."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0002_elicence_item_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='elicence',
            name='succeeded_on',
            field=models.DateField(null=True),
        ),
    ]
