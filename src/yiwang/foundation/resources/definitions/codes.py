"""The closed lists of the catalogue (政务信息资源目录编制指南, 政务数据共享条例 第十四条)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from yiwang.kernel.actor import Role
from yiwang.mechanisms.clocks.definitions import Allowance, Unit
from yiwang.mechanisms.states.definitions import Machine, Party, Transition


class Kind(StrEnum):
    """类; the first digit of a resource's code says the same."""

    BASE = "BASE"
    THEME = "THEME"
    DEPARTMENT = "DEPARTMENT"


KIND_LABELS: Final[Mapping[Kind, str]] = {
    Kind.BASE: "基础信息资源",
    Kind.THEME: "主题信息资源",
    Kind.DEPARTMENT: "部门信息资源",
}
KIND_DIGITS: Final[Mapping[Kind, str]] = {Kind.BASE: "1", Kind.THEME: "2", Kind.DEPARTMENT: "3"}


class Sharing(StrEnum):
    """共享属性 (政务数据共享条例 第十四条)."""

    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"
    NONE = "NONE"


SHARING_LABELS: Final[Mapping[Sharing, str]] = {
    Sharing.UNCONDITIONAL: "无条件共享",
    Sharing.CONDITIONAL: "有条件共享",
    Sharing.NONE: "不予共享",
}


class Opening(StrEnum):
    """开放属性: whether the public may have it."""

    UNCONDITIONAL = "UNCONDITIONAL"
    CONDITIONAL = "CONDITIONAL"
    NONE = "NONE"


OPENING_LABELS: Final[Mapping[Opening, str]] = {
    Opening.UNCONDITIONAL: "无条件开放",
    Opening.CONDITIONAL: "有条件开放",
    Opening.NONE: "不予开放",
}


class Cycle(StrEnum):
    """更新周期."""

    REALTIME = "REALTIME"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


CYCLE_LABELS: Final[Mapping[Cycle, str]] = {
    Cycle.REALTIME: "实时",
    Cycle.DAILY: "每日",
    Cycle.WEEKLY: "每周",
    Cycle.MONTHLY: "每月",
    Cycle.QUARTERLY: "每季度",
    Cycle.YEARLY: "每年",
}


class Format(StrEnum):
    """信息资源格式."""

    DATABASE = "DATABASE"
    SHEET = "SHEET"
    DOCUMENT = "DOCUMENT"
    IMAGE = "IMAGE"
    STREAM = "STREAM"
    OTHER = "OTHER"


FORMAT_LABELS: Final[Mapping[Format, str]] = {
    Format.DATABASE: "数据库",
    Format.SHEET: "电子表格",
    Format.DOCUMENT: "电子文件",
    Format.IMAGE: "图形图像",
    Format.STREAM: "流媒体",
    Format.OTHER: "自描述格式",
}


class Way(StrEnum):
    """共享方式: how it can be had."""

    CALL = "CALL"
    QUERY = "QUERY"
    VERIFY = "VERIFY"
    TABLE = "TABLE"
    FILE = "FILE"
    MESSAGE = "MESSAGE"


WAY_LABELS: Final[Mapping[Way, str]] = {
    Way.CALL: "接口调用",
    Way.QUERY: "查询服务",
    Way.VERIFY: "批量核验",
    Way.TABLE: "库表交换",
    Way.FILE: "文件交换",
    Way.MESSAGE: "消息订阅",
}


class ResourceState(StrEnum):
    """A resource as a whole."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


RESOURCE_STATE_LABELS: Final[Mapping[ResourceState, str]] = {
    ResourceState.DRAFT: "还没有发布",
    ResourceState.PUBLISHED: "已发布",
    ResourceState.WITHDRAWN: "已撤下",
}


class VersionState(StrEnum):
    """One version of what is written about a resource."""

    DRAFT = "DRAFT"
    TO_CONSENT = "TO_CONSENT"  # written; the head of the body has not consented (条例 13)
    SUBMITTED = "SUBMITTED"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"


#: The body writes, its head consents, the authority checks and publishes (政务数据共享条例 第十三条、第十六条、第十七条).
VERSION: Final = Machine(
    profile="RESOURCE_VERSION",
    version=2,
    initial=VersionState.DRAFT,
    labels={
        VersionState.DRAFT: "在写",
        VersionState.TO_CONSENT: "等本部门负责人同意",
        VersionState.SUBMITTED: "等审核发布",
        VersionState.PUBLISHED: "已发布",
        VersionState.DISCARDED: "不用了",
    },
    transitions=(
        Transition(VersionState.DRAFT, "write", (Party.OFFICIAL,), VersionState.DRAFT, "修改"),
        Transition(
            VersionState.DRAFT, "submit", (Party.OFFICIAL,), VersionState.TO_CONSENT, "送负责人同意"
        ),
        Transition(
            VersionState.TO_CONSENT,
            "consent",
            (Party.OFFICIAL,),
            VersionState.SUBMITTED,
            "同意，报送审核",
        ),
        Transition(
            VersionState.TO_CONSENT, "hand_back", (Party.OFFICIAL,), VersionState.DRAFT, "退回修改"
        ),
        Transition(
            VersionState.DRAFT, "discard", (Party.OFFICIAL,), VersionState.DISCARDED, "不用了"
        ),
        Transition(
            VersionState.SUBMITTED, "publish", (Party.OFFICIAL,), VersionState.PUBLISHED, "发布"
        ),
        Transition(
            VersionState.SUBMITTED, "send_back", (Party.OFFICIAL,), VersionState.DRAFT, "退回修改"
        ),
    ),
)
#: Kind of the clock of ``resource-version:<key>``: the authority checks and publishes in 2 working days.
CHECK: Final = "check"
CHECK_WITHIN: Final = Allowance(2, Unit.WORKING_DAY, 1)

#: Who writes what a body has, and answers for it.
WRITERS: Final = (Role.DATA_OFFICER,)
#: Who checks and publishes: the authority for sharing of a place (数据共享主管部门).
CHECKERS: Final = (Role.DATA_AUTHORITY,)
#: Who sees drafts: of the own body, of the own place.
KEEPERS: Final = (*WRITERS, *CHECKERS)
#: Who consents before an entry leaves the body (条例 13).
CONSENTERS: Final = (Role.HEAD,)
#: Who works on an entry on its way.
ON_THE_WAY: Final = (*KEEPERS, *CONSENTERS)
OPEN_VERSIONS: Final = (VersionState.DRAFT, VersionState.TO_CONSENT, VersionState.SUBMITTED)
#: Who may look at everything that is published: they work with data, or answer for those who do.
READERS: Final = (*KEEPERS, Role.HEAD, Role.LEADER, Role.ITEM_ADMIN, Role.OPERATOR)
