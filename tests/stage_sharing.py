"""Offices that share data: a request at every turn, a grant that is misused, one that is asked to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

ASKER, GIVER, GIVING_HEAD, AUTHORITY = "qushuju", "geishuju", "geifuze", "shujuzg"
STAFF = (ASKER, GIVER, GIVING_HEAD, AUTHORITY)


@dataclass(frozen=True)
class Shared:
    """Where to look: addresses by who looks."""

    asker: tuple[str, ...]
    giver: tuple[str, ...]
    head: tuple[str, ...]
    authority: tuple[str, ...]


def play(official: Any, at: datetime) -> Shared:
    """Requests of one county body to another, and what became of them."""
    from yiwang.foundation.agreements import actions, sample
    from yiwang.foundation.agreements.definitions import Cited
    from yiwang.foundation.resources import sample as resources
    from yiwang.kernel.actor import Role
    from yiwang.network.directory import sample as places

    here = places.CHENGGUAN
    asking, giving = places.department_uscc(here, 1), places.department_uscc(here, 7)
    resources.publish_all(at=at)
    for who, name, role, body in (
        (ASKER, "梁晓东", Role.DATA_OFFICER, asking),
        (GIVER, "宋立新", Role.DATA_OFFICER, giving),
        (GIVING_HEAD, "秦志刚", Role.HEAD, giving),
        (AUTHORITY, "高志军", Role.DATA_AUTHORITY, None),
    ):
        official(at, who, name, role, here, body)
    common = {"resource": resources.POPULATION, "consumer": asking, "at": at}
    cited = {"given": sample.values(articles=(sample.CITED, Cited("个人信息保护法", "第13条")))}
    draft = sample.drafted(**common, **cited)
    waiting = sample.received(**common, **cited)
    giver = sample.of_office("stage-giver", Role.DATA_OFFICER, here, giving)
    actions.ask_longer(
        key=waiting.key, version=waiting.version, days=5, words="要改接口", actor=giver, at=at
    )
    answered = sample.received(**common)
    actions.propose_no(
        key=answered.key, version=answered.version, words="用途和职责不符",
        article="《政务数据共享条例》第十四条", actor=giver, at=at,
    )  # fmt: skip
    refused = sample.refused(**common)
    had = sample.delivered(**common, **cited, service="62/household-register")
    for key in (waiting.key, had.grant):
        sample.article_changed(matter=key, at=at)
    misused = sample.delivered(**common, service="62/household-check")
    actions.suspend(
        key=misused.grant, version=1, words="拿去做了别的用途", mend_days=10, actor=giver, at=at
    )
    over = sample.delivered(**common, service="62/household-list")
    _ended(over.grant, actions, giver, at)
    misfit = _misfit(asking, giving, at)
    return Shared(
        asker=(
            "/data/requests/",
            f"/data/requests/new/?resource={resources.POPULATION}",
            f"/data/requests/{draft.key}/",
            f"/data/requests/{draft.key}/rewrite/",
            f"/data/requests/{draft.key}/hand-to-head/",
            "/data/requests/?list=doubted",
            f"/data/requests/{refused.key}/",
            f"/data/requests/{refused.key}/dispute/",
            "/data/figures/",
            "/data/grants/",
            "/data/grants/?state=MISFIT",
            f"/data/grants/{misfit}/",
            f"/data/grants/{had.grant}/",
            f"/data/grants/{had.grant}/recite/",
            "/data/grants/?state=doubted",
            "/data/census/",
            f"/data/grants/{had.grant}/uses/",
            f"/data/grants/{had.grant}/ask-renewal/",
            f"/data/grants/{over.grant}/",
            f"/data/grants/{over.grant}/reports/",
            f"/data/grants/{over.grant}/report-effect/",
            f"/data/grants/{over.grant}/declare-disposal/",
            f"/data/grants/{had.grant}/report-storage/",
            "/data/grants/?state=ENDED",
        ),
        giver=(
            f"/data/requests/{waiting.key}/",
            f"/data/requests/{waiting.key}/propose-no/",
            "/data/grants/?state=SUSPENDED",
            f"/data/grants/{misused.grant}/",
            f"/data/grants/{over.grant}/require-disposal/",
        ),
        head=(f"/data/requests/{answered.key}/", f"/data/requests/{answered.key}/sign-no/"),
        authority=("/data/requests/?list=disputes", f"/data/requests/{waiting.key}/"),
    )


def _misfit(asking: str, giving: str, at: datetime) -> str:
    """A grant of before whose way does not open the kind of its service."""
    from django.conf import settings

    from yiwang.foundation.agreements import actions, sample
    from yiwang.foundation.agreements.definitions import Way
    from yiwang.foundation.exchange import sample as exchange
    from yiwang.foundation.exchange.definitions import ServiceKind
    from yiwang.kernel.actor import machine
    from yiwang.network.directory import sample as places

    here, service = places.CHENGGUAN, f"{settings.NODE}/household-table"
    exchange.service(
        service, upstream="http://127.0.0.1:1", title="户籍信息整表（示例）",
        kind=ServiceKind.TABLE, at=at,
    )  # fmt: skip
    key = sample.grant(
        service, way=Way.VERIFY, consumer=asking, consumer_division=here, provider=giving,
        provider_name="城关区公安分局（示例）", provider_division=here, at=at,
    )  # fmt: skip
    actions.check_ways(actor=machine("stage"), at=at)
    return key


def _ended(key: str, actions: Any, giver: Any, at: datetime) -> None:
    """A grant whose use was reported, and which is over; some of the data are kept."""
    from yiwang.foundation.agreements import sample
    from yiwang.foundation.agreements.definitions.reports import Report
    from yiwang.kernel.actor import Role
    from yiwang.kernel.moments import legal_date
    from yiwang.network.directory import sample as places

    today = legal_date(at)
    asker = sample.of_office(
        "stage-asker", Role.DATA_OFFICER, places.CHENGGUAN,
        places.department_uscc(places.CHENGGUAN, 1),
    )  # fmt: skip
    effect = Report(
        words="老人申请津贴不用再交户口簿，也不用再到派出所开证明。", since=today, until=today,
        papers=1286, visits=640,
    )  # fmt: skip
    stored = Report(words="津贴科三人能看，库里加密", place="高龄津贴系统", held=1286)
    kept = Report(
        words="已经发放津贴的凭证",
        disposal="KEPT",
        held=312,
        basis="《中华人民共和国会计法》第二十三条",
    )
    common = {"key": key, "at": at}
    actions.report_effect(version=1, report=effect, actor=asker, **common)
    actions.report_storage(version=2, report=stored, actor=asker, **common)
    actions.ask_end(version=3, words="换用新的服务", actor=asker, **common)
    actions.agree_end(version=4, actor=giver, **common)
    actions.declare_disposal(version=5, report=kept, actor=asker, **common)
    actions.require_disposal(
        version=6, words="凭证以外的备份也要在月底前删掉", actor=giver, **common
    )
