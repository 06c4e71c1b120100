from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('nodes', '0004_change'),
    ]

    operations = [
        migrations.AddField(
            model_name='exchangenode',
            name='web',
            field=models.CharField(db_default='', default='', max_length=200),
        ),
    ]
