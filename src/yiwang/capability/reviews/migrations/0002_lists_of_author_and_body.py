from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What an author and a body page through, without locking out those who write."""

    atomic = False
    dependencies: ClassVar = [("reviews", "0001_initial")]
    operations: ClassVar = [
        AddIndexConcurrently(
            "review", models.Index(fields=["department", "-id"], name="reviews_of_body")
        ),
        AddIndexConcurrently(
            "review", models.Index(fields=["reviewer", "-id"], name="reviews_of_author")
        ),
    ]
