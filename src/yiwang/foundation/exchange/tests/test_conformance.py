"""The conformance kit against a department that behaves and against every way of not behaving."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.partner import BAD_MODES, SUBTLE_MODES, register
from yiwang.foundation.exchange.tests import running

ROOT = Path(__file__).resolve().parents[5]
CLIENTS = ROOT / "clients" / "python"
sys.path.insert(0, str(CLIENTS))
from yiwang_conformance import declared, report  # noqa: E402
from yiwang_conformance.declared import NotDeclared  # noqa: E402
from yiwang_conformance.judging import TITLES  # noqa: E402
from yiwang_conformance.targets import Direct  # noqa: E402
from yiwang_conformance.trying import FAILED, PASSED, SKIPPED, try_all  # noqa: E402

NUMBER, OTHER, NOBODY = "62010219400101001X", "620102194002020027", "62010219400303003X"
DECLARATION = {
    "code": "62/household-register",
    "title": "户籍信息查询（示例）",
    "answers": "one",
    "limit_seconds": 1.0,
    "reply_bytes": 65_536,
    "health": "/good",
    "parameters": [{"name": "citizen_id"}],
    "fields": [
        {"name": "name", "type": "text", "length": 60},
        {"name": "citizen_id", "type": "text", "length": 18},
        {"name": "address", "type": "text", "length": 200},
        {"name": "alive", "type": "yes-no"},
    ],
    "examples": {
        "found": [{"citizen_id": NUMBER}, {"citizen_id": OTHER}],
        "not_found": {"citizen_id": NOBODY},
    },
}
#: Which check finds which misbehaviour.
FOUND_BY = {
    "down": "connect",
    "error": "status",
    "half": "whole",
    "garbage": "charset",
    "page": "type",
    "charset": "charset",
    "declared-charset": "charset",
    "control": "characters",
    "number": "json",
    "deep": "json",
    "scalar": "shape",
    "large": "size",
    "endless": "size",
    "trickle": "time",
    "redirect": "redirect",
    "packed": "packed",
    "wrong-address": "status",
    "slow": "time",
    "nobody": "found",
    "answer-twice": "whole",
    "duplicate": "single",
    "talkative": "undeclared",
    "forgetful": "fields",
    "mistyped": "types",
    "overlong": "lengths",
    "tomorrow": "as_of",
    "moody": "repeated",
    "out-of-order": "echo",
    "ignorant": "not-found",
    "anybody": "not-found",
    "careless": "missing",
    "fragile": "missing",
}


@pytest.fixture(scope="module")
def department():
    with running.partner(register, slow_seconds=3.0) as (_partner, address):
        yield address


def tried(address, **changes):
    service = declared.read({**DECLARATION, "health": "/health", **changes})
    return {one.check: one for one in try_all(Direct(address), service)}


def failed(results):
    return [check for check, one in results.items() if one.result == FAILED]


def test_a_good_department_passes_every_check(department):
    results = tried(f"{department}/good", health="")
    assert failed(results) == []
    assert [check for check, one in results.items() if one.result == SKIPPED] == ["health"]


@pytest.mark.parametrize("mode", [*BAD_MODES, "slow", "nobody", *SUBTLE_MODES])
def test_every_misbehaviour_is_found_by_the_right_check(department, mode):
    began = time.monotonic()
    results = tried(f"{department}/{mode}", health="")
    assert time.monotonic() - began < 60
    found = failed(results)
    assert FOUND_BY[mode] in found, (mode, found)
    one = results[FOUND_BY[mode]]
    assert one.seen
    assert one.remedy
    if FOUND_BY[mode] in TITLES:  # wrong in one answer: nothing else is looked at
        assert found == [FOUND_BY[mode]]


def test_a_sick_health_address_is_found(department):
    assert failed(tried(f"{department}/good", health="/error")) == ["health"]


def test_a_service_nobody_listens_at_does_not_connect():
    results = tried(f"http://127.0.0.1:{running.free_port()}/good")
    assert failed(results) == ["connect"]
    assert results["time"].result == SKIPPED


def test_a_declaration_says_what_it_lacks():
    for spoiled, word in (
        ([], "JSON 对象"),
        ({**DECLARATION, "fields": []}, "返回字段"),
        ({**DECLARATION, "examples": {}}, "examples.found"),
        ({**DECLARATION, "limit_seconds": 99}, "60 秒"),
        ({**DECLARATION, "fields": [{"name": "x", "type": "魔法"}]}, "不认识的类型"),
        ({"openapi": "3.1.0", "paths": {}}, "缺少"),
    ):
        with pytest.raises(NotDeclared, match=word):
            declared.read(spoiled)


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "yiwang_conformance", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": str(CLIENTS), "PYTHONUTF8": "1", "PATH": "", **environment},
    )


def test_the_command_prints_a_line_a_check_and_leaves_a_report(department, tmp_path):
    file, told = tmp_path / "declaration.json", tmp_path / "report.json"
    file.write_text(json.dumps(DECLARATION), encoding="utf-8")
    done = run(file, "--address", f"{department}/good", "--report", told)
    assert done.returncode in (0, 1), done.stderr
    lines = done.stdout.splitlines()
    made = json.loads(told.read_text(encoding="utf-8"))
    assert len(lines) == len(made["checks"]) + 1
    assert made["digest"] in lines[-1]
    assert made["digest"] == report.digest(made)
    assert report.digest({**made, "passed": not made["passed"]}) != made["digest"]
    assert done.returncode == (0 if made["passed"] else 1)
    bad = run(file, "--address", f"{department}/half")
    assert bad.returncode == 1
    assert "[不通过] whole" in bad.stdout
    assert "办法：" in bad.stdout
    assert run(file, "--address", "ftp://x").returncode == 2


@pytest.mark.django_db(transaction=True)
def test_a_service_is_tried_through_a_node(department, tmp_path):
    """With a system's key and the node's own description of the service."""
    purpose, service = "核对申请人情况", "62/household-register"
    with running.running() as node:
        sample.service(upstream=f"{department}/good", limit_seconds=5.0)
        sample.service("62/tomorrow", upstream=f"{department}/tomorrow", limit_seconds=5.0)
        for code in (service, "62/tomorrow"):
            agreements.grant(code, fields=("name", "alive"), clear_fields=("name",))
        issued = sample.system()
        caller = running.Caller(node, issued.key_id, issued.secret)
        end = time.monotonic() + 60
        while caller.call()[0] != 200 and time.monotonic() < end:
            time.sleep(0.1)
        file = tmp_path / "examples.json"
        file.write_text(json.dumps(DECLARATION["examples"]), encoding="utf-8")
        told = tmp_path / "report.json"

        def through(code, secret=issued.secret):
            return run(
                *("--node", f"http://127.0.0.1:{node.port}", "--key-id", issued.key_id),
                *("--purpose", purpose, "--service", code, "--examples", file, "--report", told),
                YIWANG_SECRET=secret,
            )

        good = through(service)
        assert good.returncode == 0, good.stdout + good.stderr
        results = {one["check"]: one for one in json.loads(told.read_text())["checks"]}
        assert {one["result"] for one in results.values()} == {PASSED, SKIPPED}
        assert results["wrong"]["result"] == SKIPPED
        future = through("62/tomorrow")
        assert future.returncode == 1
        assert "[不通过] as_of" in future.stdout
        assert through(service, secret="00" * 32).returncode == 2
