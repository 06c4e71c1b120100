"""Receipts by system, and those that found nothing by service and system; made while calls go on."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NOT_FOUND = ~models.Q(status="FOUND")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("exchange", "0011_figures_per_hour")]

    operations = [
        AddIndexConcurrently(
            model_name="receipt",
            index=models.Index(fields=["system", "-id"], name="exchange_receipt_of_system"),
        ),
        AddIndexConcurrently(
            model_name="receipt",
            index=models.Index(
                fields=["status", "-id"], condition=NOT_FOUND, name="exchange_receipt_not_found"
            ),
        ),
        AddIndexConcurrently(
            model_name="receipt",
            index=models.Index(
                fields=["service", "status", "-id"],
                condition=NOT_FOUND,
                name="exchange_receipt_no_service",
            ),
        ),
        AddIndexConcurrently(
            model_name="receipt",
            index=models.Index(
                fields=["system", "status", "-id"],
                condition=NOT_FOUND,
                name="exchange_receipt_no_system",
            ),
        ),
    ]
