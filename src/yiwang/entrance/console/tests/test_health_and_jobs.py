from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.mechanisms.jobs import actions, queries, registry
from yiwang.mechanisms.jobs.definitions import JobState
from yiwang.mechanisms.journal import actions as journal
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


def official(client: Client, role: Role) -> Client:
    at = moments.now()
    account = accounts.open_official_account(
        "console-jobs", at=at, grants=((role, "620000000000", None),)
    )
    accounts.sign_in_client(client, account.subject, at=at)
    return client


@pytest.fixture
def operator(client: Client) -> Client:
    return official(client, Role.OPERATOR)


@pytest.fixture
def dead() -> Iterator[int]:
    """A job whose only try failed."""

    def fail(**_: object) -> None:
        raise RuntimeError("张三 13800138000")

    registry.task("console.fail", attempts=1)(fail)
    with transaction.atomic():
        actions.defer(task="console.fail", case="case:1")
    actions.run_waiting(at=moments.now())
    yield queries.list_jobs(state=JobState.DEAD)[0].key
    registry.TASKS.pop("console.fail")


def test_the_first_page_shows_every_check(operator: Client) -> None:
    page = operator.get("/console/").content.decode()
    for label in ("数据库", "密钥服务", "日志封存", "任务队列"):
        assert label in page
    assert '<a href="/console/" aria-current="page">健康</a>' in page


def test_the_first_page_says_when_the_last_copy_and_the_last_drill_were(
    operator: Client, settings, tmp_path: Path
) -> None:
    page = operator.get("/console/").content.decode()
    assert "没有设置 YIWANG_BACKUP" in page
    assert "还没有做过" in page
    settings.BACKUP = str(tmp_path)
    at = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    with transaction.atomic():
        for act, good in (("backup.take", True), ("backup.drill", False)):
            journal.record(
                actor=machine("backup"), act=act, subject="backup:x", at=at, facts={"good": good}
            )
    (tmp_path / "reach.json").write_text(
        json.dumps({"until": at.isoformat(), "marked_at": at.isoformat(), "segment": "0" * 24})
    )
    page = operator.get("/console/").content.decode()
    assert page.count("3月2日 12:30") == 3
    assert "没有通过" in page
    assert "备份落后" in page  # months ago: an alarm, and people are still served
    assert "能对外服务" in page


def test_a_dead_job_is_listed_and_shown_without_the_errors_words(
    operator: Client, dead: int
) -> None:
    page = operator.get("/console/jobs/").content.decode()
    assert f'href="/console/jobs/{dead}/"' in page
    one = operator.get(f"/console/jobs/{dead}/").content.decode()
    assert "case:1" in one
    assert "RuntimeError" in one
    assert "13800138000" not in page + one
    assert "这里没有任务" in operator.get("/console/jobs/?state=CLOSED").content.decode()


def test_a_dead_job_is_sent_back(operator: Client, dead: int) -> None:
    answer = operator.post(f"/console/jobs/{dead}/retry/", follow=True)
    assert "已放回队列" in answer.content.decode()
    assert queries.get_job(dead).state is JobState.WAITING
    assert operator.post(f"/console/jobs/{dead}/retry/").status_code == 409


def test_a_dead_job_is_closed_with_a_reason(operator: Client, dead: int) -> None:
    assert operator.post(f"/console/jobs/{dead}/close/", {"reason": " "}).status_code == 422
    answer = operator.post(f"/console/jobs/{dead}/close/", {"reason": "不再需要"}, follow=True)
    assert "原因已保存" in answer.content.decode()
    assert "不再需要" in operator.get("/console/jobs/?state=CLOSED").content.decode()
    assert operator.get("/console/jobs/999999/").status_code == 404


@pytest.mark.parametrize("path", ["/console/", "/console/jobs/", "/console/jobs/{}/"])
def test_nobody_but_an_operator_looks(client: Client, dead: int, path: str) -> None:
    assert client.get(path.format(dead)).status_code in (302, 303, 401)
    official(client, Role.AUDITOR)
    assert client.get(path.format(dead)).status_code == 403


@pytest.mark.parametrize("act", ["retry", "close"])
def test_nobody_but_an_operator_acts(client: Client, dead: int, act: str) -> None:
    official(client, Role.SECURITY_ADMIN)
    assert client.post(f"/console/jobs/{dead}/{act}/", {"reason": "x"}).status_code == 403
    assert queries.get_job(dead).state is JobState.DEAD
