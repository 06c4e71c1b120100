"""Withdrawals and corrections go up, too, in the order they were made; an older row gets its line."""

from django.db import migrations, models

KINDS = ["ENTRY", "REQUEST", "INCOMING", "REMOVAL", "AMENDED", "RECALL"]
STATES = ["ARRIVED", "WAITING", "SENT", "DECIDED", "RECALLED"]
LINES = """
UPDATE upper_item SET line = CASE kind
    WHEN 'ENTRY' THEN 'entry:' || split_part(subject, '#', 1)
    WHEN 'REQUEST' THEN 'request:' || key
    ELSE 'incoming:' || subject END
"""


class Migration(migrations.Migration):
    dependencies = [("upper", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="upperitem",
            name="line",
            field=models.CharField(blank=True, db_default="", default="", max_length=140),
        ),
        migrations.RunSQL(LINES, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="upperitem",
            index=models.Index(fields=["line", "id"], name="upper_item_in_line"),
        ),
        migrations.RemoveConstraint(model_name="upperitem", name="upper_item_known"),
        migrations.AddConstraint(
            model_name="upperitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS), ("state__in", STATES)),
                name="upper_item_known",
            ),
        ),
    ]
