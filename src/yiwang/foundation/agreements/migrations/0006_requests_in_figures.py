"""What the figures of offices read, in one index; made while others go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("agreements", "0005_usage_reports")]

    operations = [
        AddIndexConcurrently(
            model_name="datarequest",
            index=models.Index(
                fields=["received_at"],
                include=[
                    "provider", "provider_name", "answered_at", "answered_late", "agreed_at", "off_list",
                    "delivered_at", "delivered_late",
                ],
                name="requests_in_figures",
            ),
        ),
    ]
