"""Which licence a case acts on: one open application on it at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0009_work_by_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='acts_on',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
    ]
