from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which announced stops wait for an official, asked for on every page of the desk."""

    atomic = False
    dependencies: ClassVar = [("entitlements", "0001_initial")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "entitlement",
            models.Index(
                fields=["department", "object_by"],
                condition=models.Q(("state", "NOTIFIED")),
                name="entitlements_stop_announced",
            ),
        )
    ]
