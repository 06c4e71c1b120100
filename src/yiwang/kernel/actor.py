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
    DATA_OFFICER = "DATA_OFFICER"  # 数据专员: catalogues, asks for and supplies data
    DATA_AUTHORITY = "DATA_AUTHORITY"  # 政务数据共享主管部门: consents, mediates, stops


class PowerAct(StrEnum):
    """What somebody may be allowed to do in another's place."""

    APPLY = "APPLY"  # 申请: fill in, hand in, mend, answer
    SEE = "SEE"  # 查看: how it stands
    RECEIVE = "RECEIVE"  # 领取: results and licences


#: Everybody who works on cases; who may take which act, the cases say.
CASE_STAFF = (Role.WINDOW_CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one division subtree, for one department (USCC) or, when None, for all of it.

    ``division_code``: 12 digits; the subtree is every code sharing its significant prefix.
    ``post``, ``post_name``: 岗位, when the role comes with one.
    """

    role: Role
    division_code: str
    department: str | None
    post: str = ""
    post_name: str = ""


@dataclass(frozen=True, slots=True)
class Power:
    """授权范围: how far somebody may act in another's place. No acts: the mandate is over."""

    mandate: str  # its key
    items: frozenset[str] | None  # item codes; None: every item
    acts: frozenset[PowerAct]
    present: bool = False  # the giver stands before him, at the window
    giver_name: str = ""  # masked: said on every page
    under: str = ""  # at the window for somebody absent: the mandate the person present acts by
    hand: str = ""  # and that person, masked

    @property
    def reference(self) -> str:
        return f"mandate:{self.mandate}"

    @property
    def over(self) -> bool:
        return not self.acts

    def allows(self, act: PowerAct) -> bool:
        """Whoever may apply sees what becomes of it."""
        return act in self.acts or (act is PowerAct.SEE and PowerAct.APPLY in self.acts)

    def covers(self, act: PowerAct, item_code: str) -> bool:
        return self.allows(act) and (self.items is None or item_code in self.items)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, on whose behalf, with which rights, from which request.

    ``kind``: the capacity somebody acts in; by a mandate a clerk too acts as the person whose
    matter it is, with no grant of his own.
    """

    kind: ActorKind
    reference: str  # "person:<key>", "organization:<key>", "official:<key>", "machine:<name>"
    display_name: str = ""  # masked already; safe in lists and logs
    on_behalf_of: str | None = None  # a reference: the firm signed in for, the giver of a mandate
    grants: tuple[Grant, ...] = ()
    assurance_level: int = 0  # 实名等级 2..5; 0 when not signed in
    scopes: frozenset[str] | None = None  # None: an interactive session; else an API token's scopes
    request_id: str = ""
    person: str = ""  # an official: the same human as a citizen, "person:<key>", when known
    mandate: Power | None = None  # by what right he acts for ``on_behalf_of``; None: his own

    @property
    def applicant(self) -> str:
        """The reference whose matters these are: the one acted for, else the actor."""
        return self.on_behalf_of or self.reference

    def may(self, act: PowerAct, item_code: str) -> bool:
        """Does his mandate reach so far? Always true for who acts by no mandate."""
        return self.mandate is None or self.mandate.covers(act, item_code)

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
