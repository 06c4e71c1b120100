"""Keys and numbers are looked up whole: their second indexes, for beginnings, only cost every write."""

from django.db import migrations

#: Index and column; the unique index of the column stays.
PATTERNS = (
    ('cases_case_key_ab0749bd_like', 'key'),
    ('cases_case_case_no_7b916714_like', 'case_no'),
    ('cases_case_draft_key_bcd1341a_like', 'draft_key'),
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('cases', '0005_silence_index'),
    ]

    operations = [
        migrations.RunSQL(
            f'DROP INDEX CONCURRENTLY IF EXISTS {name}',
            f'CREATE INDEX CONCURRENTLY IF NOT EXISTS {name}'
            f' ON cases_case ({column} varchar_pattern_ops)',
        )
        for name, column in PATTERNS
    ]
