"""A place's own code tables; data elements that were taken out of use."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('standards', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataelement',
            name='withdrawn_because',
            field=models.CharField(blank=True, db_default='', default='', max_length=500),
        ),
        migrations.CreateModel(
            name='LocalCodeTable',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=80)),
                ('source', models.CharField(max_length=120)),
                ('codes', models.JSONField()),
                ('defined_by', models.CharField(max_length=80)),
                ('defined_at', models.DateTimeField()),
                ('withdrawn_because', models.CharField(blank=True, db_default='', default='', max_length=500)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '^[a-z][a-z-]*$')), name='code_table_name_is_plain')],
            },
        ),
    ]
