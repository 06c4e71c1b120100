"""Who may give which role, who is never two things at once, and stand-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yiwang.kernel.actor import CASE_STAFF, Role
from yiwang.kernel.refusals import Refusal

#: 三员: 系统管理员, 安全管理员, 审计管理员. Of them nobody is two (GB/T 22239-2019, level 3).
APART: Final = frozenset({Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR})
#: What a county's own administrator may give in his place.
LOCAL_ROLES: Final = frozenset({*CASE_STAFF, Role.LEADER, Role.ITEM_ADMIN, Role.DATA_OFFICER})
#: What a stand-in takes over: work on cases, never an administrator's powers.
STOOD_IN: Final = frozenset(CASE_STAFF)
LONGEST_STAND_IN: Final = timedelta(days=90)
LONGEST_POST_NAME: Final = 30


class CannotBeTwoAdministrators(Refusal):
    """三员分立."""

    sentence = "系统管理员、安全管理员、审计管理员不能是同一个人。"
    remedy = "请先收回另一个管理员角色，或者换一位工作人员。"


class CannotDefinePost(Refusal):
    """Two open posts of one body never share a name."""

    sentence = "这个部门已经有同名的岗位了。"
    remedy = "请换一个名称，或者先停用原来的岗位。"


class CannotStandIn(Refusal):
    """Settled already, over, or not to be confirmed by this person."""

    sentence = "这项代理现在不能这样办理。"
    remedy = "请刷新页面看最新情况，或请另一位管理员确认。"


@dataclass(frozen=True, slots=True)
class PostView:
    """One post: a name for roles in a body; ``holders``: of how many it is now."""

    key: str
    name: str
    division_code: str
    department: str | None
    roles: tuple[Role, ...]
    roles_label: str
    defined_at: datetime
    ended_at: datetime | None
    holders: int = 0


@dataclass(frozen=True, slots=True)
class StandInView:
    """One stand-in: who for whom, from when until when, and how it stands.

    ``post``, ``post_name``: when only this post's work is taken over.
    """

    key: str
    principal: str
    principal_name: str
    taker: str
    taker_name: str
    reason: str
    valid_from: datetime
    valid_until: datetime
    asked_by: str
    confirmed_by: str | None
    ended_at: datetime | None
    post: str = ""
    post_name: str = ""

    def counts(self, at: datetime) -> bool:
        """Confirmed, begun, not over."""
        settled = self.confirmed_by is not None and self.ended_at is None
        return settled and self.valid_from <= at < self.valid_until
