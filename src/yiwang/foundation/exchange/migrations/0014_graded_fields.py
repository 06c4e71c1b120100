"""A service keeps what the catalogue grades and masks of its fields: the fast path hides by the stricter of
both. A field is the item of its name or title; what is no item of its resource is graded as the whole."""

from django.db import migrations, models

VIEW = """
CREATE OR REPLACE VIEW exchange_fast_services AS
SELECT code, node, kind, title, summary, resource, department, upstream, method, limit_seconds,
       per_partner, reply_bytes, private_ok, fields, parameters, subject_parameter, state, version{more}
  FROM exchange_service
"""
FILL = """
UPDATE exchange_service s SET grades = found.grades
  FROM (SELECT e.id, jsonb_object_agg(f.value->>'name', jsonb_build_array(
                 coalesce(i.grade, r.grade), coalesce(i.mask, 'NONE'))) AS grades
          FROM exchange_service e
          JOIN resources_resource r ON r.code = e.resource
         CROSS JOIN jsonb_array_elements(e.fields) f
          LEFT JOIN LATERAL (
            SELECT max(item.grade) AS grade, min(nullif(item.mask, 'NONE')) AS mask
              FROM resources_resourceitem item
             WHERE item.resource_id = r.id
               AND (item.name = f.value->>'name' OR item.label = nullif(f.value->>'title', ''))) i
            ON true
         WHERE e.kind <> 'VERIFY'
         GROUP BY e.id) found
 WHERE s.id = found.id
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0013_large_replies"), ("resources", "0006_single_characters")]

    operations = [
        migrations.AddField(
            model_name="service",
            name="grades",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(
            VIEW.format(more=", grades"),
            "DROP VIEW exchange_fast_services;" + VIEW.format(more=""),
        ),
    ]
