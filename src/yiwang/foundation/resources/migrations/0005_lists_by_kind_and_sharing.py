"""Indexes of the catalogue's narrowed lists, made while others go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("resources", "0004_tallies")]

    operations = [
        AddIndexConcurrently(
            model_name="resource",
            index=models.Index(fields=["kind", "code"], name="resource_by_kind"),
        ),
        AddIndexConcurrently(
            model_name="resource",
            index=models.Index(fields=["sharing", "code"], name="resource_by_sharing"),
        ),
        AddIndexConcurrently(
            model_name="resource",
            index=models.Index(
                fields=["code"],
                condition=models.Q(state="PUBLISHED", data_class="GENERAL")
                & ~models.Q(opening="NONE"),
                name="resource_open",
            ),
        ),
        AddIndexConcurrently(
            model_name="datacorrection",
            index=models.Index(
                fields=["from_department", "-id"],
                condition=~models.Q(from_department=""),
                name="corrections_reported_by",
            ),
        ),
    ]
