"""The fast side learns which department a grant was given to."""

from django.db import migrations

VIEW = """
CREATE OR REPLACE VIEW agreements_fast_grants AS
SELECT key, service, consumer_node, provider_node, purposes, items, needs_case, fields,
       clear_fields, valid_from, valid_until, per_day, per_second{more}
  FROM agreements_grant
 WHERE state = 'ACTIVE' AND NOT stopped_here
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_fast_grants")]

    operations = [
        migrations.RunSQL(
            VIEW.format(more=", consumer"),
            "DROP VIEW agreements_fast_grants;" + VIEW.format(more=""),
        )
    ]
