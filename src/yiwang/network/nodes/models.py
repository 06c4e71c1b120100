"""Nodes, their public keys, and the signed documents about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yiwang.kernel.references import KEY_LENGTH, new_key
from yiwang.network.nodes.definitions import NodeRole, NodeState, RequestKind, RequestState


class ExchangeNode(models.Model):
    """节点. At the registry the truth; elsewhere what its newest “members” document says."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=80)
    uscc = models.CharField(max_length=18, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    role = models.CharField(max_length=10)
    address = models.CharField(max_length=200)
    web = models.CharField(
        max_length=200, default="", db_default=""
    )  # its pages, as people open them
    state = models.CharField(max_length=9)
    known_until = models.DateTimeField(null=True)  # NULL: known at first hand
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "nodes_node"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z][0-9A-Z-]{1,31}$"), name="nodes_code_is_one"
            ),
            models.CheckConstraint(condition=Q(role__in=list(NodeRole)), name="nodes_known_role"),
            models.CheckConstraint(
                condition=Q(state__in=list(NodeState)), name="nodes_known_state"
            ),
            models.UniqueConstraint(
                fields=["role"], condition=Q(role=NodeRole.HOST), name="nodes_one_registry"
            ),
        ]


class NodeKey(models.Model):
    """节点公钥. Never changed but for its end; kept to check what it signed."""

    node = models.ForeignKey(ExchangeNode, models.CASCADE, related_name="keys")
    key_id = models.CharField(max_length=60)
    point = models.CharField(max_length=130)
    fingerprint = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "nodes_key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["node", "key_id"], name="nodes_key_once"),
            models.UniqueConstraint(fields=["point"], name="nodes_no_key_of_two"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="nodes_key_ends_after_it_begins",
            ),
        ]


class NodeDocument(models.Model):
    """配置文档: a version of a part for an audience, signed by the registry. Never changed."""

    part = models.CharField(max_length=20)
    audience = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    registry = models.CharField(max_length=32)
    body = models.TextField()
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    signed_by = models.CharField(max_length=60)
    signature = models.CharField(max_length=200)
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "nodes_document"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["part", "audience", "version"], name="nodes_version_once"
            )
        ]


class NodeRequest(models.Model):
    """节点申请 that came to the registry: what was asked, as signed. Settled once."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    kind = models.CharField(max_length=6)
    code = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=64)
    body = models.TextField()  # canonical JSON with its signatures
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=RequestState.WAITING)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "nodes_request"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "code", "fingerprint"],
                condition=Q(state=RequestState.WAITING),
                name="nodes_request_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(RequestKind), state__in=list(RequestState)),
                name="nodes_known_request",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="nodes_requests_waiting")]


class NodeContact(models.Model):
    """与登记机构的联系: one row, written when something changed and once in a while."""

    one = models.PositiveSmallIntegerField(primary_key=True, default=1)
    reached_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "nodes_contact"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(one=1), name="nodes_one_contact")
        ]
