"""The vault's index, made while others go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("materials", "0002_vault")]

    operations = [
        AddIndexConcurrently(
            model_name="suppliedmaterial",
            index=models.Index(
                fields=["applicant", "-id"],
                condition=models.Q(supply="UPLOADED", forgotten_at=None),
                name="materials_vault",
            ),
        ),
    ]
