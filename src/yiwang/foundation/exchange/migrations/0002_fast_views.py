"""What the fast path reads. A test holds its columns and the server's to each other."""

from django.db import migrations

VIEWS = """
CREATE VIEW exchange_fast_systems AS
SELECT k.key_id, s.code AS system, s.node, k.secret AS secret_cipher, k.point, k.algorithm,
       s.state, k.valid_until, s.per_second
  FROM exchange_system_key k JOIN exchange_system s ON s.id = k.system_id
 WHERE k.ended_at IS NULL;

CREATE VIEW exchange_fast_services AS
SELECT code, node, kind, title, summary, resource, department, upstream, method, limit_seconds,
       per_partner, reply_bytes, private_ok, fields, parameters, subject_parameter, state, version
  FROM exchange_service;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.RunSQL(
            VIEWS, "DROP VIEW exchange_fast_services; DROP VIEW exchange_fast_systems;"
        )
    ]
