"""What an entry keeps of the article it stands on, and whether that is another one now."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resources', '0007_standard_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='resource',
            name='basis_digest',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='resource',
            name='basis_doubt',
            field=models.CharField(blank=True, db_default='', default='', max_length=8),
        ),
        migrations.AddField(
            model_name='resource',
            name='basis_doubt_on',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(condition=models.Q(('basis_doubt', ''), _negated=True), fields=['code'], name='resource_to_look_at'),
        ),
    ]
