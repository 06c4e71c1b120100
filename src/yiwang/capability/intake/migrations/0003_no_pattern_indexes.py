"""A draft's keys are looked up whole: their second indexes, for beginnings, only cost every write."""

from django.db import migrations

#: Index and column; the unique index of the column stays.
PATTERNS = (
    ('intake_draft_key_de0c8101_like', 'key'),
    ('intake_draft_form_instance_3b0268e8_like', 'form_instance'),
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('intake', '0002_drafts_remember_who_was_looked_up'),
    ]

    operations = [
        migrations.RunSQL(
            f'DROP INDEX CONCURRENTLY IF EXISTS {name}',
            f'CREATE INDEX CONCURRENTLY IF NOT EXISTS {name}'
            f' ON intake_draft ({column} varchar_pattern_ops)',
        )
        for name, column in PATTERNS
    ]
