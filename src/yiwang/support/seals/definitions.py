"""The seal port: what a driver must do, what it gives back; and who may have the host seal for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from yiwang.foundation.agreements.definitions import MemberService
from yiwang.foundation.exchange.definitions import ServiceField, ServiceParameter
from yiwang.kernel.actor import Role

#: Printed on every document while no real seal machine is connected.
SAMPLE_MARK: Final = "示例—未加盖印章"
#: Shown until the host has sealed; never on a finished paper.
WAITING_MARK: Final = "正在等主节点加盖印章"
#: History: the application may add rows, never change or remove one.
APPEND_ONLY_TABLES: Final = ("seals_use",)
#: Who decides at the host which member may use whose seal, and who looks at it.
KEEPERS: Final = (Role.SECURITY_ADMIN,)
#: What a seal is put on, as an issuer's or a reader's table asks for it.
PURPOSE: Final = "加盖电子印章"


@dataclass(frozen=True, slots=True)
class SealField:
    """签章要素: whose seal, on what. ``document``: our own reference of it, which stays here.

    ``case``, ``item``: what the receipts of a call name. Nothing personal.
    """

    body: str  # USCC
    body_name: str
    title: str
    document: str
    number: str = ""
    case: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class SealValue:
    """What a machine answers for a digest. ``mark``: words that must stand on the document for it to be
    true, empty once the seal itself says all; ``statement``: who sealed what when, with its signature.
    """

    driver: str
    sealed: bool
    mark: str
    value: str = ""  # the machine's own
    no: str = ""
    statement: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """The bytes to keep, and whether a seal is really on them."""

    content: bytes
    driver: str
    sealed: bool
    mark: str
    no: str = ""


class SealDriver(Protocol):
    """One seal machine; it sees a digest, never a document. ``name`` is stored with what it sealed."""

    @property
    def name(self) -> str: ...

    def mark_before(self, body: str) -> str:
        """Shown with a document of this body that is not sealed yet; "": nobody's seal belongs on it."""
        ...

    def mark_on(self, body: str) -> str:
        """Printed on a document before it is sealed."""
        ...

    def seal(self, digest: str, *, mark: str, field: SealField, at: datetime) -> SealValue:
        """The seal of ``field.body`` for a finished document on which ``mark`` stands.

        Refuses: MarkDiffers (another mark must stand there), SealAway, SealNotPermitted.
        """
        ...


#: 用印服务 of the host: a digest and the facts of the seal field in, the seal value out.
SEALING: Final = MemberService(
    name="seal",
    title="加盖电子印章",
    summary="成员节点送来文件的摘要和签章要素，主节点核对用印许可后加盖，返回印章值。文件本身不送出。",
    purpose=PURPOSE,
    parameters=(
        ServiceParameter("body", "用印单位的统一社会信用代码"),
        ServiceParameter("digest", "文件摘要（SM3，十六进制）"),
        ServiceParameter("title", "文件名称"),
        ServiceParameter("number", "文号或证照编号", required=False),
        ServiceParameter("case", "办件", required=False),
        ServiceParameter("item", "事项", required=False),
        ServiceParameter("mark", "文件上印出的标注", required=False),
    ),
    fields=(
        ServiceField("outcome", "结果", 1),
        ServiceField("reason", "原因", 1),
        ServiceField("mark", "应印出的标注", 1),
        ServiceField("statement", "印章值：用印声明", 1),
        ServiceField("signature", "印章值：签名", 1),
    ),
    per_second=50,
)


class Outcome(StrEnum):
    """What the host answers."""

    SEALED = "SEALED"
    MARK = "MARK"  # the right mark is told; print it and ask again
    DENIED = "DENIED"


@dataclass(frozen=True, slots=True)
class PermitView:
    """用印许可: this member may have documents sealed with this body's seal."""

    key: str
    node: str
    node_name: str
    body: str
    body_name: str
    division_code: str
    permitted_at: datetime
    permitted_by: str
    revoked_at: datetime | None
    revoked_by: str
    reason: str

    @property
    def holds(self) -> bool:
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class UseView:
    """用印记录: one seal put on one document, as the host signed it."""

    no: str
    node: str
    body: str
    body_name: str
    title: str
    number: str
    digest: str
    sealed: bool
    mark: str
    driver: str
    made_at: datetime
    host: str
    made_here: bool
    genuine: bool  # the host's signature holds
    document: str = ""


#: The facts a statement is made of, all as text but ``sealed``.
STATED: Final = (
    "no", "host", "node", "body", "body_name", "title", "number", "digest", "driver", "value",
    "mark", "at",
)  # fmt: skip
