"""The articles requests and grants cite, with their text; requests of before cite none."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0008_misfit'),
    ]

    operations = [
        migrations.CreateModel(
            name='CitedArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('law', models.CharField(max_length=300)),
                ('article', models.CharField(max_length=24)),
                ('text', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('published', models.DateField()),
                ('noted_on', models.DateField()),
                ('doubt', models.CharField(blank=True, db_default='', default='', max_length=8)),
                ('doubt_on', models.DateField(null=True)),
                ('grant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='agreements.datagrant')),
                ('request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='agreements.datarequest')),
            ],
            options={
                'db_table': 'agreements_cited_article',
                'indexes': [models.Index(fields=['law', 'article', 'digest'], name='cited_by_article'), models.Index(condition=models.Q(('doubt', ''), _negated=True), fields=['request'], name='cited_doubted_asked'), models.Index(condition=models.Q(('doubt', ''), _negated=True), fields=['grant'], name='cited_doubted_given')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('grant__isnull', False), ('request__isnull', True)), models.Q(('grant__isnull', True), ('request__isnull', False)), _connector='OR'), name='cited_by_one_matter'), models.CheckConstraint(condition=models.Q(models.Q(('doubt', ''), ('doubt_on__isnull', True)), models.Q(('doubt__in', ['CHANGED', 'GONE']), ('doubt_on__isnull', False)), _connector='OR'), name='cited_doubt_has_its_day'), models.UniqueConstraint(fields=('request', 'law', 'article'), name='cited_once_by_a_request'), models.UniqueConstraint(fields=('grant', 'law', 'article'), name='cited_once_by_a_grant')],
            },
        ),
    ]
