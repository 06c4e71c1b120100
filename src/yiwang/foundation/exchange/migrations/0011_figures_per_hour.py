"""Figures per hour beside those per minute, begun with what the minutes say."""

from django.db import migrations, models

COUNT = """
INSERT INTO exchange_figure_hour (hour, side, from_node, system, to_node, service,
       calls, answered, refused, away, rows, milliseconds, slowest)
SELECT date_trunc('hour', minute), side, min(from_node), system, min(to_node), service, sum(calls),
       sum(answered), sum(refused), sum(away), sum(rows), sum(milliseconds), max(slowest)
  FROM exchange_figure GROUP BY 1, side, system, service
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0010_sheets")]

    operations = [
        migrations.CreateModel(
            name='FigureHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(max_length=8)),
                ('from_node', models.CharField(max_length=32)),
                ('system', models.CharField(max_length=73)),
                ('to_node', models.CharField(max_length=32)),
                ('service', models.CharField(max_length=73)),
                ('calls', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('away', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveBigIntegerField(default=0)),
                ('milliseconds', models.PositiveBigIntegerField(default=0)),
                ('slowest', models.PositiveIntegerField(default=0)),
                ('hour', models.DateTimeField()),
            ],
            options={
                'db_table': 'exchange_figure_hour',
            },
        ),
        migrations.AddConstraint(
            model_name='figurehour',
            constraint=models.UniqueConstraint(fields=('hour', 'side', 'system', 'service'), name='exchange_figure_hour_once'),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
