"""Tables of the ledger. Everything in them can be computed again and compared with what was signed."""

from __future__ import annotations

from django.db import models


class HashTree(models.Model):
    """How far a tree has come; ``last``: the digest its last leaf commits to."""

    name = models.TextField(primary_key=True)
    algorithm = models.TextField()
    size = models.BigIntegerField(default=0)
    last = models.BinaryField(default=bytes)

    class Meta:
        db_table = "ledger_tree"


class LeafRun(models.Model):
    """Leaves behind the last whole tile, as they came: 255 at most in all runs of a tree."""

    pk = models.CompositePrimaryKey("tree", "first")
    tree = models.TextField()
    first = models.BigIntegerField()
    hashes = models.BinaryField()
    salts = models.BinaryField()

    class Meta:
        db_table = "ledger_run"


class HashTile(models.Model):
    """A whole tile: 510 hashes and its top. Never changes."""

    pk = models.CompositePrimaryKey("tree", "level", "index")
    tree = models.TextField()
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    nodes = models.BinaryField()
    top = models.BinaryField()

    class Meta:
        db_table = "ledger_tile"


class LeafSalts(models.Model):
    """The 256 random parts of a lowest tile's leaves; one is overwritten with zeros to forget it."""

    pk = models.CompositePrimaryKey("tree", "index")
    tree = models.TextField()
    index = models.BigIntegerField()
    salts = models.BinaryField()

    class Meta:
        db_table = "ledger_salts"


class LedgerCheckpoint(models.Model):
    """A copy of a signed checkpoint for look-ups; the file outside the database is the original."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        db_table = "ledger_checkpoint"


class WitnessSignature(models.Model):
    """Another node's signature under one of our checkpoints."""

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField()
    witness = models.TextField()
    at = models.DateTimeField()
    body = models.TextField()

    class Meta:
        db_table = "ledger_witness_signature"
        constraints = (
            models.UniqueConstraint(fields=["number", "witness"], name="ledger_witness_once"),
        )


class SeenCheckpoint(models.Model):
    """Another node's checkpoint as we, its witness, saw and countersigned it."""

    id = models.BigAutoField(primary_key=True)
    ledger = models.TextField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    body = models.TextField()
    signature = models.TextField()

    class Meta:
        db_table = "ledger_seen"
        constraints = (
            models.UniqueConstraint(fields=["ledger", "number"], name="ledger_seen_once"),
        )


class LedgerAlarm(models.Model):
    """Something does not fit, with the evidence: whose ledger, what kind, the documents themselves."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    ledger = models.TextField()
    kind = models.TextField()
    digest = models.TextField()
    evidence = models.TextField()

    class Meta:
        db_table = "ledger_alarm"
        constraints = (
            models.UniqueConstraint(fields=["ledger", "kind", "digest"], name="ledger_alarm_once"),
        )
