"""The fast side learns which way a grant goes: who was granted messages may subscribe."""

from django.db import migrations

VIEW = """
CREATE OR REPLACE VIEW agreements_fast_grants AS
SELECT key, service, consumer_node, provider_node, purposes, items, needs_case, fields,
       clear_fields, valid_from, valid_until, per_day, per_second, consumer{more}
  FROM agreements_grant
 WHERE state = 'ACTIVE' AND NOT stopped_here
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_whose_grant")]

    operations = [
        migrations.RunSQL(
            VIEW.format(more=", way"),
            "DROP VIEW agreements_fast_grants;" + VIEW.format(more=""),
        )
    ]
