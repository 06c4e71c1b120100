"""Files kept on disk, and what refers to them."""

from __future__ import annotations

from django.db import models

from yiwang.mechanisms.crypto.fields import EncryptedText
from yiwang.mechanisms.files.definitions import Kind


class File(models.Model):
    """One stored file. Its bytes lie encrypted under a random name; names of files are personal."""

    key = models.CharField(primary_key=True, max_length=16)
    filename = EncryptedText(purpose="files.file.filename")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Kind])
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    scanned = models.BooleanField()
    stored_at = models.DateTimeField()
    stored_by = models.TextField()

    class Meta:
        db_table = "files_file"
        indexes = (
            models.Index(fields=["stored_by", "stored_at"], name="files_file_by_actor"),
            models.Index(fields=["stored_at"], name="files_file_by_time"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(size__gt=0), name="files_file_not_empty"),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[0-9a-hj-km-np-tv-z]{16}$"), name="files_file_key"
            ),
        )


class Attachment(models.Model):
    """A file is kept as long as something refers to it."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="attachments")
    subject = models.TextField()
    attached_at = models.DateTimeField()

    class Meta:
        db_table = "files_attachment"
        constraints = (
            models.UniqueConstraint(fields=["file", "subject"], name="files_attachment_once"),
        )
        indexes = (models.Index(fields=["subject"], name="files_attachment_by_subject"),)
