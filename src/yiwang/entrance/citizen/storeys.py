"""The plan's house (1网·1云·1基座·1支撑·1中心·1平台·N应用·1入口): its rooms, and how far each is.

Pure: what is installed comes in as ``Evidence``; nothing here says that something works.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

Words = object  # str or a lazily translated str


class RoomState(StrEnum):
    """已上线, 模拟, 还没有."""

    LIVE = "live"
    SIMULATED = "sim"
    NOT_YET = "none"


@dataclass(frozen=True, slots=True)
class Plan:
    """One room as planned: its name, the module that would be it, and where one can see it."""

    name: Words
    module: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class StoreyPlan:
    """One storey as planned."""

    key: str
    count: str
    name: Words
    motto: Words
    rooms: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """A published pack."""

    code: str
    name: str
    chain: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found in this installation just now."""

    working: frozenset[str]  # modules with behaviour of their own
    simulated: frozenset[str]  # those whose outside machine is imitated
    applications: tuple[Application, ...]
    paths: frozenset[str]  # page addresses that lead to a view


@dataclass(frozen=True, slots=True)
class Room:
    """One room as found."""

    name: Words
    state: RoomState
    href: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The applications of one of the three chains."""

    name: Words
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Storey:
    """One storey as found."""

    key: str
    count: str
    name: Words
    motto: Words
    rooms: tuple[Room, ...] = ()
    chains: tuple[Chain, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """The whole house, top storey first."""

    storeys: tuple[Storey, ...]

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(
            room
            for storey in self.storeys
            for room in (*storey.rooms, *(r for chain in storey.chains for r in chain.rooms))
        )

    def count(self, state: RoomState) -> int:
        return sum(room.state is state for room in self.rooms)

    @property
    def live(self) -> int:
        return self.count(RoomState.LIVE)

    @property
    def simulated(self) -> int:
        return self.count(RoomState.SIMULATED)

    @property
    def not_yet(self) -> int:
        return self.count(RoomState.NOT_YET)


CHAINS: Final = (
    ("services", _("一网通办"), ()),
    (
        "governance",
        _("一网统管"),
        (
            Plan(_("电子监察"), "governance.supervision"),
            Plan(_("监管执法"), "governance.inspections"),
            Plan(_("网格事件"), "governance.grid"),
            Plan(_("应急处置"), "governance.incidents"),
            Plan(_("监测预警"), "governance.monitors"),
        ),
    ),
    (
        "collaboration",
        _("一网协同"),
        (
            Plan(_("公文"), "collaboration.documents"),
            Plan(_("督办"), "collaboration.tasks"),
            Plan(_("考核"), "collaboration.assessment"),
        ),
    ),
)

ENTRANCE: Final = StoreyPlan(
    "entrance",
    "1",
    _("个入口"),
    _("不管从哪来，进的是同一个受理"),
    (
        Plan(_("政务服务网"), "entrance.citizen", "/"),
        Plan(_("大字和无障碍"), "entrance.shell", "/look/"),
        Plan(_("审批工作台"), "entrance.desk", "/desk/"),
        Plan(_("运维台"), "entrance.console", "/console/"),
        Plan(_("开放接口"), "entrance.api", "/api/v1/docs"),
        Plan(_("大厅窗口"), "entrance.hall"),
        Plan(_("12345 热线"), "entrance.hotline"),
        Plan(_("现场执法"), "entrance.field"),
        Plan(_("领导驾驶舱"), "entrance.leader", "/leader/"),
        Plan(_("事项管理台"), "entrance.studio"),
    ),
)
BELOW: Final = (
    StoreyPlan(
        "capability",
        "1",
        _("个政务服务能力平台"),
        _("从指南到结果"),
        (
            Plan(_("事项目录"), "capability.catalogue", "/items/"),
            Plan(_("统一受理"), "capability.intake", "/items/"),
            Plan(_("材料中心"), "capability.materials", "/my/"),
            Plan(_("办件中心"), "capability.cases", "/my/"),
            Plan(_("待遇发放"), "capability.entitlements", "/my/"),
            Plan(_("好差评"), "capability.reviews", "/my/"),
            Plan(_("一件事"), "capability.bundles"),
            Plan(_("惠企政策"), "capability.policies"),
            Plan(_("预约取号"), "capability.appointments"),
        ),
    ),
    StoreyPlan(
        "centre",
        "1",
        _("个运营指挥中心"),
        _("看得见，也办得了"),
        (
            Plan(_("运行指标"), "centre.indicators", "/figures/"),
            Plan(_("指挥大屏"), "centre.screens"),
            Plan(_("指挥调度"), "centre.command"),
        ),
    ),
    StoreyPlan(
        "support",
        "1",
        _("个公共应用支撑"),
        _("大家共用，不各建一套"),
        (
            Plan(_("统一身份"), "support.identity", "/sign-in/"),
            Plan(_("电子证照"), "support.licences", "/verify/"),
            Plan(_("电子印章"), "support.seals"),
            Plan(_("公文书"), "support.letters"),
            Plan(_("消息短信"), "support.messages", "/my/messages/"),
            Plan(_("智能搜索"), "support.assistant", "/search/"),
            Plan(_("公共支付"), "support.payments"),
            Plan(_("信用"), "support.credit"),
            Plan(_("一码通"), "support.codes"),
        ),
    ),
    StoreyPlan(
        "foundation",
        "1",
        _("个大数据基座"),
        _("一数一源，谁看过都有账"),
        (
            Plan(_("人口库、法人库"), "foundation.libraries"),
            Plan(_("法律法规库"), "foundation.laws", "/laws/"),
            Plan(_("标准代码"), "foundation.standards"),
            Plan(_("数据交换"), "foundation.exchange"),
            Plan(_("资源目录"), "foundation.resources"),
            Plan(_("数据归集"), "foundation.collection"),
            Plan(_("数据质量"), "foundation.quality"),
            Plan(_("开放数据"), "foundation.opendata"),
            Plan(_("隐私分级"), "foundation.privacy"),
            Plan(_("存证账本"), "foundation.ledger"),
        ),
    ),
    StoreyPlan(
        "cloud",
        "1",
        _("朵云"),
        _("跑在哪"),
        (
            Plan(_("存储"), "cloud.storage"),
            Plan(_("健康检查"), "cloud.health", "/healthz"),
            Plan(_("备份恢复"), "cloud.backup"),
        ),
    ),
    StoreyPlan(
        "network",
        "1",
        _("张网"),
        _("通到哪"),
        (
            Plan(_("五级区划和部门"), "network.directory", "/departments/"),
            Plan(_("节点互联"), "network.nodes"),
            Plan(_("跨节点转发"), "network.relay"),
        ),
    ),
)


def every_module() -> frozenset[str]:
    """All modules the plan's rooms name."""
    storeys = (ENTRANCE, *BELOW)
    rooms = [room for storey in storeys for room in storey.rooms]
    rooms += [room for _key, _name, planned in CHAINS for room in planned]
    return frozenset(room.module for room in rooms)


def state_of(module: str, evidence: Evidence) -> RoomState:
    """Not yet without behaviour; simulated while its outside machine is imitated; else live."""
    if module not in evidence.working:
        return RoomState.NOT_YET
    return RoomState.SIMULATED if module in evidence.simulated else RoomState.LIVE


def survey(evidence: Evidence) -> House:
    """The plan's house as this installation has it, top storey first."""
    return House(
        (
            _storey(ENTRANCE, evidence),
            _applications(evidence),
            *(_storey(plan, evidence) for plan in BELOW),
        )
    )


def _room(plan: Plan, evidence: Evidence) -> Room:
    state = state_of(plan.module, evidence)
    open_ = state is not RoomState.NOT_YET and plan.href in evidence.paths
    return Room(plan.name, state, plan.href if open_ else "")


def _storey(plan: StoreyPlan, evidence: Evidence) -> Storey:
    rooms = tuple(_room(room, evidence) for room in plan.rooms)
    return Storey(plan.key, plan.count, plan.name, plan.motto, rooms)


def _applications(evidence: Evidence) -> Storey:
    chains = []
    for key, name, planned in CHAINS:
        published = tuple(
            Room(one.name, RoomState.LIVE, f"/items/{one.code}/" if key == "services" else "")
            for one in evidence.applications
            if one.chain == key
        )
        chains.append(Chain(name, published + tuple(_room(p, evidence) for p in planned)))
    motto = _("三条链，应用是数据，不是程序")
    return Storey("applications", "N", _("项应用"), motto, (), tuple(chains))
