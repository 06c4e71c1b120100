"""What was signed cannot be edited; hashes are not compressed, so that a slice is read alone."""

from django.db import migrations

GROWS = ("ledger_tile", "ledger_checkpoint", "ledger_witness_signature", "ledger_seen", "ledger_alarm")
PROTECT = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
ALTER TABLE ledger_tile ALTER COLUMN nodes SET STORAGE EXTERNAL;
ALTER TABLE ledger_salts ALTER COLUMN salts SET STORAGE EXTERNAL;
ALTER TABLE ledger_run SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE ledger_tree SET (fillfactor = 50);
""" + "".join(
    f"CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();"
    for table in GROWS
)
UNPROTECT = "".join(f"DROP TRIGGER {table}_grows ON {table};" for table in GROWS) + (
    "DROP FUNCTION ledger_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
