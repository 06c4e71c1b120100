"""What stays of a material for next time: its kind, who verified it, until when it may be used."""

from django.db import migrations, models

SUPPLIES = (
    "FETCHED", "REUSED", "UPLOADED", "PROMISED", "COMMITTED", "FORM", "PENDING", "MISSING",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("materials", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="suppliedmaterial",
            name="supply",
            field=models.CharField(choices=[(s, s) for s in SUPPLIES], max_length=10),
        ),
        migrations.AddField(
            model_name="suppliedmaterial",
            name="kind",
            field=models.CharField(blank=True, default="", db_default="", max_length=100),
        ),
        migrations.AddField(
            model_name="suppliedmaterial",
            name="verified_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="suppliedmaterial",
            name="verified_by",
            field=models.CharField(blank=True, default="", db_default="", max_length=80),
        ),
        migrations.AddField(
            model_name="suppliedmaterial",
            name="verified_body",
            field=models.CharField(blank=True, default="", db_default="", max_length=120),
        ),
        migrations.AddField(
            model_name="suppliedmaterial",
            name="valid_until",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="suppliedmaterial",
            name="forgotten_at",
            field=models.DateTimeField(null=True),
        ),
    ]
