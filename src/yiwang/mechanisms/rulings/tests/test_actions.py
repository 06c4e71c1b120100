from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from yiwang.kernel.actor import machine
from yiwang.kernel.refusals import NotFound
from yiwang.mechanisms.rulings import actions, commands, queries, rules, sample
from yiwang.mechanisms.rulings.models import RuleTable, RulingRecord

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
WORKER = machine("worker")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _published() -> None:
    publish(1)


def publish(version: int, **changes: object) -> None:
    actions.publish_table(
        code="allowance/who",
        version=version,
        table=sample.table(**changes),
        tests=sample.tests(),
        at=AT,
        actor=WORKER,
    )


def rule(version: int = 1, **values: object):
    return actions.rule(
        subject="case:1",
        table="allowance/who",
        table_version=version,
        inputs=sample.inputs(AT, **values),
        at=AT,
        actor=WORKER,
    )


def test_a_ruling_is_kept_with_inputs_sources_rows_and_explanation() -> None:
    made = rule()
    (kept,) = queries.list_rulings(subject="case:1")
    assert kept == made
    assert kept.inputs is not None
    assert kept.inputs["age"].source == "人口库（示例）"


def test_nothing_of_the_inputs_lies_in_clear_in_the_table() -> None:
    rule(place="七里河区")
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM rulings_record r")
        assert "七里河区" not in cursor.fetchone()[0]


def test_publishing_the_same_version_again_changes_nothing() -> None:
    publish(1)
    assert RuleTable.objects.count() == 1


def test_a_published_version_is_frozen() -> None:
    other = sample.table()["nodes"][1]["content"]["rules"]
    other[0]["_description"] = "别的话"
    with pytest.raises(actions.TableVersionExists):
        publish(1, rules=other)


def test_a_table_with_a_typing_error_is_refused_with_the_cell_named() -> None:
    broken = sample.table()["nodes"][1]["content"]["rules"]
    broken[1]["c1"] = ">= = 80"
    with pytest.raises(actions.CannotPublishTable) as caught:
        publish(2, rules=broken)
    assert [p.field for p in caught.value.fields] == ["allowance/who 第 2 行 · 年龄"]
    assert not RuleTable.objects.filter(version=2).exists()


def test_an_unknown_table_is_not_found() -> None:
    with pytest.raises(NotFound):
        actions.rule(subject="case:1", table="x", table_version=1, inputs={}, at=AT, actor=WORKER)


def test_replay_gives_the_same_for_every_record(capsys: pytest.CaptureFixture[str]) -> None:
    for age in (79, 83, 95):
        rule(age=age)
    assert commands.main(["replay"]) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed\n"


def test_replay_names_the_record_whose_table_was_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = rule()
    table = sample.table()
    table["nodes"][1]["content"]["rules"][1]["o2"] = "99999"
    RuleTable.objects.update(table=table)
    assert commands.main(["replay"]) == 1
    said = capsys.readouterr().out
    assert kept.key in said
    assert "output 不一样" in said
    assert "决策表的内容和发布时不一样" in said


def test_replay_names_the_record_whose_outcome_was_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = rule(age=70)
    with transaction.atomic():
        RulingRecord.objects.filter(key=kept.key).update(outcome="APPROVE")
    assert commands.main(["replay", "case:1"]) == 1
    assert "登记的结论和记录的结论不一样" in capsys.readouterr().out


def test_a_record_keeps_its_words_when_the_product_learns_better_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule()
    monkeypatch.setattr(rules, "WORDING", rules.WORDING + 1)
    monkeypatch.setattr(rules.evaluation.wording, "explain", lambda *_: ("别的话",))
    assert commands.main(["replay"]) == 0
    monkeypatch.setattr(rules, "WORDING", rules.WORDING - 1)
    assert commands.main(["replay"]) == 1
    assert "explanation 不一样" in capsys.readouterr().out


def other_rules(sentence: str) -> list[dict[str, str]]:
    """The table's rows; what is said of 83 is ``sentence``."""
    found = sample.table()["nodes"][1]["content"]["rules"]
    found[1]["_description"] = sentence
    return found


def test_a_number_whose_publication_was_taken_back_is_read_anew() -> None:
    with transaction.atomic():
        publish(2, rules=other_rules("收回的话"))
        assert "收回的话" in str(rule(2).rows)
        transaction.set_rollback(True)
    publish(2, rules=other_rules("后来的话"))
    assert "后来的话" in str(rule(2).rows)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_runs_already_asks_a_version_published_since() -> None:
    d = connection.settings_dict
    url = f"postgresql://{d['USER']}:{d['PASSWORD']}@/{d['NAME']}?host={d['HOST']}&port={d['PORT']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "yiwang.project.settings",
        "YIWANG_HOME": str(settings.YIWANG_HOME),
    }
    script = Path(__file__).with_name("asking.py")
    other = subprocess.Popen(
        [sys.executable, script], env=environment, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def asked(version: int) -> str:
        other.stdin.write(f"{version}\n")
        return other.stdout.readline()

    try:
        assert "年满 80 周岁" in asked(1)
        publish(2, rules=other_rules("第二版的话"))
        assert "第二版的话" in asked(2)
        assert "年满 80 周岁" in asked(1)
    finally:
        other.kill()
        other.communicate()
