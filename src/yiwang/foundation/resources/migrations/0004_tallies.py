"""Counts kept by the database, so that the census of a million resources reads some thousand rows."""

from django.db import migrations, models

COUNT = """
CREATE FUNCTION resources_tally_resources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO resources_resourcetally AS t (department, state, sharing, resources)
    SELECT department, state, sharing, count(*) FROM becoming GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (department, state, sharing) DO UPDATE SET resources = t.resources + excluded.resources;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO resources_resourcetally AS t (department, state, sharing, resources)
    SELECT department, state, sharing, -count(*) FROM gone GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (department, state, sharing) DO UPDATE SET resources = t.resources + excluded.resources;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION resources_tally_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO resources_elementtally AS t (element, held, sources)
    SELECT element, count(*), count(*) FILTER (WHERE authoritative) FROM becoming GROUP BY 1 ORDER BY 1
        ON CONFLICT (element) DO UPDATE SET held = t.held + excluded.held,
           sources = t.sources + excluded.sources;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO resources_elementtally AS t (element, held, sources)
    SELECT element, -count(*), -count(*) FILTER (WHERE authoritative) FROM gone GROUP BY 1 ORDER BY 1
        ON CONFLICT (element) DO UPDATE SET held = t.held + excluded.held,
           sources = t.sources + excluded.sources;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER resources_counted_in AFTER INSERT ON resources_resource
    REFERENCING NEW TABLE AS becoming FOR EACH STATEMENT EXECUTE FUNCTION resources_tally_resources();
CREATE TRIGGER resources_counted_anew AFTER UPDATE ON resources_resource
    REFERENCING OLD TABLE AS gone NEW TABLE AS becoming
    FOR EACH STATEMENT EXECUTE FUNCTION resources_tally_resources();
CREATE TRIGGER resources_counted_out AFTER DELETE ON resources_resource
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION resources_tally_resources();
CREATE TRIGGER items_counted_in AFTER INSERT ON resources_resourceitem
    REFERENCING NEW TABLE AS becoming FOR EACH STATEMENT EXECUTE FUNCTION resources_tally_items();
CREATE TRIGGER items_counted_anew AFTER UPDATE ON resources_resourceitem
    REFERENCING OLD TABLE AS gone NEW TABLE AS becoming
    FOR EACH STATEMENT EXECUTE FUNCTION resources_tally_items();
CREATE TRIGGER items_counted_out AFTER DELETE ON resources_resourceitem
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION resources_tally_items();

INSERT INTO resources_resourcetally (department, state, sharing, resources)
SELECT department, state, sharing, count(*) FROM resources_resource GROUP BY 1, 2, 3;
INSERT INTO resources_elementtally (element, held, sources)
SELECT element, count(*), count(*) FILTER (WHERE authoritative) FROM resources_resourceitem GROUP BY 1;
"""
LEAVE = """
DROP TRIGGER resources_counted_in ON resources_resource;
DROP TRIGGER resources_counted_anew ON resources_resource;
DROP TRIGGER resources_counted_out ON resources_resource;
DROP TRIGGER items_counted_in ON resources_resourceitem;
DROP TRIGGER items_counted_anew ON resources_resourceitem;
DROP TRIGGER items_counted_out ON resources_resourceitem;
DROP FUNCTION resources_tally_resources();
DROP FUNCTION resources_tally_items();
"""


class Migration(migrations.Migration):
    dependencies = [("resources", "0003_consent_and_changes")]

    operations = [
        migrations.CreateModel(
            name="ResourceTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department", models.CharField(max_length=18)),
                ("state", models.CharField(max_length=12)),
                ("sharing", models.CharField(max_length=16)),
                ("resources", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("department", "state", "sharing"), name="resource_tally_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ElementTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("element", models.CharField(max_length=60, unique=True)),
                ("held", models.BigIntegerField()),
                ("sources", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(held__gt=0, sources__lte=0) & ~models.Q(element=""),
                        fields=["element"],
                        name="element_without_source",
                    )
                ],
            },
        ),
        migrations.RunSQL(COUNT, LEAVE),
    ]
