"""Data elements and code tables on their way."""

import yiwang.foundation.resources.definitions.codes
import yiwang.foundation.resources.definitions.standards
import yiwang.kernel.references
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resources', '0006_single_characters'),
    ]

    operations = [
        migrations.CreateModel(
            name='StandardVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=yiwang.kernel.references.new_key, editable=False, max_length=16, unique=True)),
                ('kind', models.CharField(max_length=8)),
                ('code', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=80)),
                ('number', models.PositiveIntegerField(null=True)),
                ('state', models.CharField(default=yiwang.foundation.resources.definitions.codes.VersionState['DRAFT'], max_length=12)),
                ('version', models.PositiveIntegerField(default=1)),
                ('content', models.JSONField()),
                ('department', models.CharField(blank=True, max_length=18)),
                ('department_name', models.CharField(max_length=120)),
                ('division_code', models.CharField(max_length=12)),
                ('written_by', models.CharField(max_length=80)),
                ('written_at', models.DateTimeField()),
                ('submitted_by', models.CharField(blank=True, max_length=80)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('published_by', models.CharField(blank=True, max_length=80)),
                ('published_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(blank=True, max_length=500)),
                ('run', models.CharField(blank=True, max_length=16)),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-id'], name='standard_version_by_state'), models.Index(condition=models.Q(('run', ''), _negated=True), fields=['run'], name='standard_version_of_run')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', [yiwang.foundation.resources.definitions.codes.VersionState['DRAFT'], yiwang.foundation.resources.definitions.codes.VersionState['SUBMITTED']])), fields=('kind', 'code'), name='standard_one_open_version'), models.UniqueConstraint(fields=('kind', 'code', 'number'), name='standard_version_number_once'), models.CheckConstraint(condition=models.Q(('state__in', [yiwang.foundation.resources.definitions.codes.VersionState['DRAFT'], yiwang.foundation.resources.definitions.codes.VersionState['SUBMITTED'], yiwang.foundation.resources.definitions.codes.VersionState['PUBLISHED'], yiwang.foundation.resources.definitions.codes.VersionState['DISCARDED']]), ('kind__in', [yiwang.foundation.resources.definitions.standards.StandardKind['ELEMENT'], yiwang.foundation.resources.definitions.standards.StandardKind['TABLE']])), name='standard_version_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', yiwang.foundation.resources.definitions.codes.VersionState['PUBLISHED']), _negated=True), models.Q(('number__isnull', False), models.Q(('published_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='standard_version_published_by_another')],
            },
        ),
        migrations.RunSQL(
            # What was once published about a standard never changes and never goes.
            sql="""
CREATE TRIGGER resources_standard_frozen BEFORE UPDATE OR DELETE ON resources_standardversion
  FOR EACH ROW WHEN (OLD.state = 'PUBLISHED') EXECUTE FUNCTION resources_version_is_frozen();
""",
            reverse_sql="DROP TRIGGER IF EXISTS resources_standard_frozen ON resources_standardversion",
        ),
    ]
