"""What the exchange process reads: it has no models. An expired word of the registry holds no more."""

from django.db import migrations

MEMBERS = """
CREATE VIEW nodes_fast_members AS
SELECT n.code, n.name, n.role, n.address,
       CASE WHEN n.known_until <= now() THEN 'EXPIRED' ELSE n.state END AS state,
       COALESCE(
           (SELECT json_agg(
                       json_build_object('id', k.key_id, 'point', k.point,
                                         'from', k.valid_from, 'until', k.valid_until)
                       ORDER BY k.valid_from DESC, k.id DESC)
              FROM nodes_key k WHERE k.node_id = n.code),
           '[]'::json) AS keys
  FROM nodes_node n
"""
DOCUMENTS = """
CREATE VIEW nodes_fast_documents AS
SELECT part, audience, version, registry, body, issued_at, valid_until, signed_by, signature
  FROM nodes_document
"""


class Migration(migrations.Migration):
    dependencies = [("nodes", "0001_initial")]

    operations = [
        migrations.RunSQL(MEMBERS, "DROP VIEW nodes_fast_members"),
        migrations.RunSQL(DOCUMENTS, "DROP VIEW nodes_fast_documents"),
    ]
