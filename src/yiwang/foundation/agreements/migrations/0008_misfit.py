"""A grant notes that its way does not open the kind its service is of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreements", "0007_grades")]

    operations = [
        migrations.AddField(
            model_name="datagrant",
            name="misfit",
            field=models.CharField(blank=True, db_default="", default="", max_length=7),
        ),
        migrations.AddIndex(
            model_name="datagrant",
            index=models.Index(
                condition=models.Q(("misfit", ""), _negated=True),
                fields=["-id"],
                name="grants_that_do_not_fit",
            ),
        ),
    ]
