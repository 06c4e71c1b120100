"""A resource is found by one character of its name, too."""

from django.db import migrations

ADD = """
UPDATE resources_resource SET pairs = ARRAY(
    SELECT part FROM unnest(pairs || regexp_split_to_array(
        lower(regexp_replace(name || department_name, '\\s+', '', 'g')), '')) AS part
     GROUP BY part ORDER BY part)
"""
#: So that a word that is in a thousandth of the rows is not taken for a frequent one.
LOOK_CLOSELY = "ALTER TABLE resources_resource ALTER COLUMN pairs SET STATISTICS 1000"
AS_EVER = "ALTER TABLE resources_resource ALTER COLUMN pairs SET STATISTICS -1"


class Migration(migrations.Migration):
    dependencies = [("resources", "0005_lists_by_kind_and_sharing")]

    operations = [
        migrations.RunSQL(ADD, migrations.RunSQL.noop),
        migrations.RunSQL(LOOK_CLOSELY, AS_EVER),
    ]
