"""Whose place an entry or a request is of, so that rights over one place do not reach another's."""

from django.conf import settings
from django.db import migrations, models

PLACES = """
UPDATE upper_item i SET division_code = coalesce(
    (SELECT d.division_code FROM directory_department d WHERE d.uscc = i.department), %s)
"""


def find_places(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PLACES, [settings.NODE_DIVISION])


class Migration(migrations.Migration):
    dependencies = [("upper", "0002_withdrawals"), ("directory", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="upperitem",
            name="division_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.RunPython(find_places, migrations.RunPython.noop),
    ]
