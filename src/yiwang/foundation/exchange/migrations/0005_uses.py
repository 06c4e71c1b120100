"""Uses per grant and day; old receipts leave for archive files, younger ones not at all."""

from django.db import migrations, models

import yiwang.kernel.references

PROTECT = """
CREATE FUNCTION exchange_keep_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.at > now() - interval '3 years' THEN
        RAISE EXCEPTION 'a receipt is not changed, and kept for three years: % is refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER exchange_receipt_kept BEFORE UPDATE OR DELETE ON exchange_receipt
    FOR EACH ROW EXECUTE FUNCTION exchange_keep_receipts();

-- The application's role may delete nothing itself; this takes out what an archive row says is in a file.
CREATE FUNCTION exchange_take_out_receipts(archive text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    held exchange_receipt_archive%ROWTYPE;
    gone bigint;
BEGIN
    SELECT * INTO STRICT held FROM exchange_receipt_archive WHERE key = archive;
    DELETE FROM exchange_receipt WHERE id BETWEEN held.first_id AND held.last_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> held.count THEN
        RAISE EXCEPTION 'archive % holds % receipts, the table %', archive, held.count, gone;
    END IF;
    RETURN gone;
END $$;

INSERT INTO exchange_use (grant_key, day, calls, answered, refused, away, rows)
SELECT grant_key, (at AT TIME ZONE 'Asia/Shanghai')::date, count(*),
       count(*) FILTER (WHERE status IN ('FOUND', 'NOT_FOUND')),
       count(*) FILTER (WHERE status = 'REFUSED'), count(*) FILTER (WHERE status = 'AWAY'),
       sum(rows)
  FROM exchange_receipt r
 WHERE grant_key <> '' AND id <= (SELECT max(last_id) FROM exchange_block)
   AND NOT (side = 'CONSUMER' AND EXISTS (
       SELECT FROM exchange_receipt o WHERE o.side = 'PROVIDER' AND o.message = r.message))
 GROUP BY 1, 2;
"""
UNPROTECT = """
DROP FUNCTION exchange_take_out_receipts(text);
DROP TRIGGER exchange_receipt_kept ON exchange_receipt;
DROP FUNCTION exchange_keep_receipts();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_whose_system")]

    operations = [
        migrations.CreateModel(
            name='ReceiptArchive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=yiwang.kernel.references.new_key, editable=False, max_length=16, unique=True)),
                ('first_block', models.BigIntegerField()),
                ('last_block', models.BigIntegerField(unique=True)),
                ('first_id', models.BigIntegerField(unique=True)),
                ('last_id', models.BigIntegerField(unique=True)),
                ('count', models.PositiveIntegerField()),
                ('file', models.CharField(max_length=16)),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'exchange_receipt_archive',
            },
        ),
        migrations.CreateModel(
            name='Use',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grant_key', models.CharField(max_length=16)),
                ('day', models.DateField()),
                ('calls', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('away', models.PositiveIntegerField(default=0)),
                ('rows', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'db_table': 'exchange_use',
            },
        ),
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(condition=models.Q(('grant_key', ''), _negated=True), fields=['grant_key', '-id'], name='exchange_receipt_of_grant'),
        ),
        migrations.AddConstraint(
            model_name='use',
            constraint=models.UniqueConstraint(fields=('grant_key', 'day'), name='exchange_use_once'),
        ),
        migrations.RunSQL(PROTECT, UNPROTECT),
    ]
