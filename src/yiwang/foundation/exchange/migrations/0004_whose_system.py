"""The fast side learns whose system a key belongs to."""

from django.db import migrations

BEFORE = """
CREATE OR REPLACE VIEW exchange_fast_systems AS
SELECT k.key_id, s.code AS system, s.node, k.secret AS secret_cipher, k.point, k.algorithm,
       s.state, k.valid_until, s.per_second{more}
  FROM exchange_system_key k JOIN exchange_system s ON s.id = k.system_id
 WHERE k.ended_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_route")]

    operations = [
        migrations.RunSQL(
            BEFORE.format(more=", s.department"),
            "DROP VIEW exchange_fast_systems;" + BEFORE.format(more=""),
        )
    ]
