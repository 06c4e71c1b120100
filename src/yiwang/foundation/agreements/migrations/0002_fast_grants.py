"""What the fast side of the exchange reads: the grants that hold here, and nothing else."""

from django.db import migrations

CREATE = """
CREATE VIEW agreements_fast_grants AS
SELECT key, service, consumer_node, provider_node, purposes, items, needs_case, fields,
       clear_fields, valid_from, valid_until, per_day, per_second
  FROM agreements_grant
 WHERE state = 'ACTIVE' AND NOT stopped_here;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP VIEW agreements_fast_grants")]
