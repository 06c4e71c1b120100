"""The library on real texts: what ships, and the whole mirror where it lies beside the project."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from yiwang.foundation.laws import actions, queries
from yiwang.foundation.laws.commands import main
from yiwang.foundation.laws.models import Article, LawVersion
from yiwang.kernel.actor import machine

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLERK = machine("test")
MIRROR = settings.ROOT.parent / "shared" / "data" / "laws" / "laws.jsonl.gz"
if not MIRROR.exists():
    MIRROR = settings.ROOT.parents[1] / "shared" / "data" / "laws" / "laws.jsonl.gz"

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db: None) -> None:
    actions.import_shipped(actor=CLERK, at=AT)


def test_what_ships_goes_in_once_and_again_changes_nothing() -> None:
    first = actions.import_shipped(actor=CLERK, at=AT)
    again = actions.import_shipped(actor=CLERK, at=AT)
    assert first.added == first.total > 20
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.total)


@pytest.mark.usefixtures("shipped")
def test_an_article_is_the_one_that_held_on_the_day() -> None:
    today = queries.get_article(title="行政复议法", article="第二十条", on=date(2026, 11, 1))
    before = queries.get_article(title="行政复议法", article="第二十条", on=date(2020, 1, 1))
    assert today.version_published == date(2023, 9, 1)
    assert "六十日" in today.text
    assert before.version_published == date(2017, 9, 1)
    assert before.newer_from == before.valid_until == date(2024, 1, 1)


@pytest.mark.usefixtures("shipped")
def test_short_and_full_titles_name_the_same_law() -> None:
    on = date(2026, 11, 1)
    short = queries.get_article(title="市场主体登记管理条例", article="16", on=on)
    full = queries.get_article(
        title="《中华人民共和国市场主体登记管理条例》", article="第十六条", on=on
    )
    assert short == full
    assert "不得要求申请人重复提供" in short.text


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("title", "article", "on", "refusal"),
    [
        ("不存在的法", "第一条", date(2026, 1, 1), queries.NoSuchArticle),
        ("行政许可法", "第九百条", date(2026, 1, 1), queries.NoSuchArticle),
        ("行政许可法", "第一条", date(2003, 1, 1), queries.NotInForce),
        ("个体工商户条例", "第一条", date(2026, 1, 1), queries.NotInForce),
    ],
)
def test_what_does_not_hold_is_refused_by_name(
    title: str, article: str, on: date, refusal: type
) -> None:
    with pytest.raises(refusal):
        queries.get_article(title=title, article=article, on=on)


def test_a_trial_run_reports_and_leaves_nothing() -> None:
    report = actions.import_laws(
        file=actions.SHIPPED / "cited.jsonl.gz", actor=CLERK, at=AT, dry_run=True
    )
    assert report.added > 20
    assert not LawVersion.objects.exists()


def test_a_spoilt_line_is_refused_and_the_others_go_in(tmp_path: Path) -> None:
    good = {
        "id": "1",
        "title": "某法",
        "kind": "法律",
        "published": "2020-01-01",
        "effective": "2020-02-01",
        "status": "有效",
        "articles": [{"no": "第一条", "text": "甲"}],
    }
    file = tmp_path / "laws.jsonl"
    file.write_text("\n".join([json.dumps(good), "{", json.dumps({"id": "2"}), json.dumps(good)]))
    report = actions.import_laws(file=file, actor=CLERK, at=AT)
    assert (report.total, report.added) == (4, 1)
    assert sorted(report.refused) == [2, 3, 4]


def test_a_changed_text_replaces_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "laws.jsonl"
    law = {
        "id": "1",
        "title": "某法",
        "kind": "法律",
        "published": "2020-01-01",
        "effective": "",
        "status": "有效",
        "articles": [{"no": "第一条", "text": "甲"}],
    }
    file.write_text(json.dumps(law))
    actions.import_laws(file=file, actor=CLERK, at=AT)
    law["articles"] = [{"no": "第一条", "text": "乙"}]
    file.write_text(json.dumps(law))
    report = actions.import_laws(file=file, actor=CLERK, at=AT)
    assert (report.added, report.changed) == (0, 1)
    assert [a.text for a in Article.objects.all()] == ["乙"]


@pytest.mark.usefixtures("shipped")
def test_the_command_line_prints_the_article(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["article", "市场主体登记管理条例", "第十九条", "--on", "2026-11-01"]) == 0
    said = capsys.readouterr().out
    assert "当场登记" in said
    assert "2021-07-27 公布" in said


@pytest.mark.slow
@pytest.mark.skipif(
    not MIRROR.exists(), reason="the mirror of the national database is not beside the project"
)
def test_the_whole_mirror_is_taken() -> None:
    report = actions.import_laws(file=MIRROR, actor=CLERK, at=AT)
    assert (report.total, report.added, dict(report.refused)) == (1566, 1566, {})
    assert Article.objects.count() == 70_028
    found = queries.get_article(title="不动产登记暂行条例", article="第二十条", on=date(2026, 1, 1))
    assert "30个工作日" in found.text
