"""Publishing is one statement and one transaction, for Django and for the fast path alike."""

from django.db import migrations

PUBLISH = """
CREATE FUNCTION exchange_publish(
    p_topic text, p_key text, p_order text, p_content text, p_body text, p_system text,
    p_at timestamptz, p_most bigint,
    OUT o_position bigint, OUT o_known boolean, OUT o_content text, OUT o_full boolean
) LANGUAGE plpgsql AS $$
BEGIN
    o_full := false;
    INSERT INTO exchange_topic (code, last) VALUES (p_topic, 0) ON CONFLICT DO NOTHING;
    -- One publisher of a topic at a time: what is seen of it is seen in order, without gaps.
    PERFORM 1 FROM exchange_topic t WHERE t.code = p_topic FOR UPDATE;
    SELECT p.position, p.content INTO o_position, o_content
      FROM exchange_publication p WHERE p.topic = p_topic AND p.key = p_key;
    o_known := FOUND;
    IF o_known THEN
        RETURN;
    END IF;
    SELECT coalesce(t.last - min(f.position), 0) >= p_most INTO o_full
      FROM exchange_topic t
      LEFT JOIN exchange_follower f ON f.topic = t.code AND f.grant_key IN
           (SELECT g.key FROM agreements_fast_grants g WHERE g.service = p_topic)
     WHERE t.code = p_topic GROUP BY t.last;
    IF o_full THEN
        RETURN;
    END IF;
    UPDATE exchange_topic t SET last = t.last + 1 WHERE t.code = p_topic
 RETURNING t.last INTO o_position;
    o_content := p_content;
    INSERT INTO exchange_publication (topic, position, key, order_key, content, body, system, at)
    VALUES (p_topic, o_position, p_key, p_order, p_content, p_body, p_system, p_at);
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_topics")]

    operations = [
        migrations.RunSQL(
            PUBLISH,
            "DROP FUNCTION exchange_publish(text, text, text, text, text, text, timestamptz, bigint)",
        )
    ]
