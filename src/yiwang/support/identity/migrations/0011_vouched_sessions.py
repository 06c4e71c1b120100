"""A session begun by the host's identity keeps by which code, and when the host last stood by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0010_host")]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="vouched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="signin",
            name="vouched_by",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
    ]
