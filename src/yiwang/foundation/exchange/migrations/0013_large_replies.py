"""A service may declare replies of up to 200 MB, which are streamed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_receipts_by_system_and_outcome")]

    operations = [
        migrations.RemoveConstraint(model_name="service", name="exchange_service_limits"),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                name="exchange_service_limits",
                condition=models.Q(limit_seconds__gt=0, limit_seconds__lte=60)
                & models.Q(per_partner__gte=1, per_partner__lte=10_000)
                & models.Q(reply_bytes__gte=1, reply_bytes__lte=209_715_200),
            ),
        ),
    ]
