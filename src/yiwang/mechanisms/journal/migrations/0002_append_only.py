"""History cannot be edited: triggers refuse it to everybody, the grants to all but the owner."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal only grows: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER journal_entry_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_subject_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_subject
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_link_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_link
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();

REVOKE UPDATE, DELETE, TRUNCATE ON journal_entry, journal_subject, journal_link FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yiwang_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON journal_entry, journal_subject, journal_link
            FROM yiwang_app;
    END IF;
END $$;

ALTER TABLE journal_pending SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000
);
ALTER TABLE journal_checkpoint SET (fillfactor = 50);
"""

UNPROTECT = """
DROP TRIGGER journal_entry_grows ON journal_entry;
DROP TRIGGER journal_subject_grows ON journal_subject;
DROP TRIGGER journal_link_grows ON journal_link;
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
