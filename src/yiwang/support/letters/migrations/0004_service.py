from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0003_promises")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="opened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="receipt",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="served",
                to="letters.letter",
            ),
        ),
    ]
