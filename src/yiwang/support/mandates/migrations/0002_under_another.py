from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mandates', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='mandate',
            name='under',
            field=models.CharField(blank=True, db_default='', default='', max_length=16),
        ),
    ]
