"""What the using department records of shared data (条例 29); nobody changes it, or takes it out too early."""

import django.db.models.deletion
import yiwang.foundation.agreements.definitions.reports
import yiwang.kernel.references
from django.db import migrations, models


PROTECT = """
CREATE FUNCTION agreements_keep_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.at > now() - interval '3 years' THEN
        RAISE EXCEPTION 'a record of use is not changed, and kept for three years: % is refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER agreements_report_kept BEFORE UPDATE OR DELETE ON agreements_usage_report
    FOR EACH ROW EXECUTE FUNCTION agreements_keep_reports();
"""
UNPROTECT = """
DROP TRIGGER agreements_report_kept ON agreements_usage_report;
DROP FUNCTION agreements_keep_reports();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agreements', '0004_way_of_a_grant'),
    ]

    operations = [
        migrations.CreateModel(
            name='UsageReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=yiwang.kernel.references.new_key, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=8)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=80)),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('since', models.DateField(null=True)),
                ('until', models.DateField(null=True)),
                ('papers', models.PositiveIntegerField(null=True)),
                ('visits', models.PositiveIntegerField(null=True)),
                ('held', models.PositiveIntegerField(null=True)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('disposal', models.CharField(blank=True, max_length=9)),
                ('day', models.DateField(null=True)),
                ('basis', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'db_table': 'agreements_usage_report',
            },
        ),
        migrations.AddField(
            model_name='datagrant',
            name='disposal',
            field=models.CharField(blank=True, default='', db_default='', max_length=9),
        ),
        migrations.AddField(
            model_name='datagrant',
            name='dispose_by',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='datagrant',
            constraint=models.CheckConstraint(condition=models.Q(('disposal__in', ['', yiwang.foundation.agreements.definitions.reports.Disposal['NONE_HELD'], yiwang.foundation.agreements.definitions.reports.Disposal['DESTROYED'], yiwang.foundation.agreements.definitions.reports.Disposal['KEPT']])), name='grants_disposal_known'),
        ),
        migrations.AddField(
            model_name='usagereport',
            name='grant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='agreements.datagrant'),
        ),
        migrations.AddIndex(
            model_name='usagereport',
            index=models.Index(fields=['grant', '-id'], name='reports_of_grant'),
        ),
        migrations.AddConstraint(
            model_name='usagereport',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', [yiwang.foundation.agreements.definitions.reports.ReportKind['EFFECT'], yiwang.foundation.agreements.definitions.reports.ReportKind['STORAGE'], yiwang.foundation.agreements.definitions.reports.ReportKind['DISPOSAL']])), name='reports_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='usagereport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disposal__in', [yiwang.foundation.agreements.definitions.reports.Disposal['NONE_HELD'], yiwang.foundation.agreements.definitions.reports.Disposal['DESTROYED'], yiwang.foundation.agreements.definitions.reports.Disposal['KEPT']]), ('kind', yiwang.foundation.agreements.definitions.reports.ReportKind['DISPOSAL'])), models.Q(models.Q(('kind', yiwang.foundation.agreements.definitions.reports.ReportKind['DISPOSAL']), _negated=True), ('disposal', '')), _connector='OR'), name='reports_disposal_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='usagereport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disposal', yiwang.foundation.agreements.definitions.reports.Disposal['KEPT']), _negated=True), models.Q(('basis', ''), _negated=True), _connector='OR'), name='reports_what_is_kept_has_a_basis'),
        ),
        migrations.RunSQL(PROTECT, UNPROTECT),
    ]
