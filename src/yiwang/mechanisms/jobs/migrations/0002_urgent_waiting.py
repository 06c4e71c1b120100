"""An index of the few waiting jobs a citizen waits for: the queue's own index holds those of every queue."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX jobs_urgent_waiting ON procrastinate_jobs (id)"
            " WHERE status = 'todo' AND queue_name = 'urgent'",
            "DROP INDEX jobs_urgent_waiting",
        )
    ]
