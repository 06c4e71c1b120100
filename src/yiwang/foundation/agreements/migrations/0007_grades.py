"""A grant carries what the catalogue hides of its fields, so that every node it is told to hides it."""

from django.db import migrations, models

VIEW = """
CREATE OR REPLACE VIEW agreements_fast_grants AS
SELECT key, service, consumer_node, provider_node, purposes, items, needs_case, fields,
       clear_fields, valid_from, valid_until, per_day, per_second, consumer, way{more}
  FROM agreements_grant
 WHERE state = 'ACTIVE' AND NOT stopped_here
"""
#: Grants of before; other nodes hear of theirs at the next change of the grant.
FILL = """
UPDATE agreements_grant g SET grades = found.grades
  FROM (SELECT r.code, a.id, jsonb_object_agg(i.name, jsonb_build_array(i.grade, i.mask)) AS grades
          FROM agreements_grant a
          JOIN resources_resource r ON r.code = a.resource
          JOIN resources_resourceitem i
            ON i.resource_id = r.id AND i.name = ANY(a.fields) AND (i.grade >= 3 OR i.mask <> 'NONE')
         WHERE a.origin = 'LOCAL' AND a.state <> 'ENDED'
         GROUP BY r.code, a.id) found
 WHERE g.id = found.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0006_requests_in_figures"),
        ("resources", "0006_single_characters"),
    ]

    operations = [
        migrations.AddField(
            model_name="datagrant",
            name="grades",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            VIEW.format(more=", grades"),
            "DROP VIEW agreements_fast_grants;" + VIEW.format(more=""),
        ),
    ]
