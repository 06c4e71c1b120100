"""Who acts: stored as references, never as foreign keys to the user table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yiwang.kernel.places import in_subtree


class ActorKind(StrEnum):
    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"
    OFFICIAL = "OFFICIAL"
    MACHINE = "MACHINE"
    ANONYMOUS = "ANONYMOUS"


class Role(StrEnum):
    """What an official may be granted; citizens hold no role, they own."""

    WINDOW_CLERK = "WINDOW_CLERK"  # 窗口人员: takes applications in
    HANDLER = "HANDLER"  # 承办人: accepts and examines
    REVIEWER = "REVIEWER"  # 审核人: looks over the handler's opinion
    APPROVER = "APPROVER"  # 审批人: decides
    HEAD = "HEAD"  # 单位负责人: extensions, transfers, taking back
    LEADER = "LEADER"  # 领导: sees figures and lists, changes nothing
    LOCAL_ADMIN = "LOCAL_ADMIN"  # 本地管理员: a county's own staff, holidays and look
    ITEM_ADMIN = "ITEM_ADMIN"  # 事项管理员
    OPERATOR = "OPERATOR"  # 运维
    AUDITOR = "AUDITOR"  # 审计管理员
    SECURITY_ADMIN = "SECURITY_ADMIN"  # 安全管理员


#: Everybody who works on cases; who may take which act, the cases say.
CASE_STAFF = (Role.WINDOW_CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one division subtree, for one department (USCC) or, when None, for all of it.

    ``division_code``: 12 digits; the subtree is every code sharing its significant prefix.
    """

    role: Role
    division_code: str
    department: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, on whose behalf, with which rights, from which request."""

    kind: ActorKind
    reference: str  # "person:<key>", "organization:<key>", "official:<key>", "machine:<name>"
    display_name: str = ""  # masked already; safe in lists and logs
    on_behalf_of: str | None = None  # a reference: the firm a person signed in for
    grants: tuple[Grant, ...] = ()
    assurance_level: int = 0  # 实名等级 2..5; 0 when not signed in
    scopes: frozenset[str] | None = None  # None: an interactive session; else an API token's scopes
    request_id: str = ""
    person: str = ""  # an official: the same human as a citizen, "person:<key>", when known

    @property
    def applicant(self) -> str:
        """The reference whose matters these are: the represented firm, else the actor."""
        return self.on_behalf_of or self.reference

    def has_role(self, role: Role) -> bool:
        return any(grant.role == role for grant in self.grants)

    def roles_at(self, division_code: str, department: str) -> frozenset[Role]:
        """The roles held where a matter is; a grant elsewhere gives no right there."""
        return frozenset(
            grant.role
            for grant in self.grants
            if grant.department in (None, department)
            and in_subtree(division_code, grant.division_code)
        )


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, reference="anonymous:")


def machine(name: str) -> Actor:
    """The platform itself, acting by rule or by clock: ``machine("worker")``."""
    return Actor(kind=ActorKind.MACHINE, reference=f"machine:{name}", display_name=name)
