from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection

from yiwang.cloud.health import queries, rules
from yiwang.cloud.health.definitions import Check
from yiwang.kernel import moments
from yiwang.project import health

pytestmark = pytest.mark.django_db


def test_the_process_answers_even_when_the_database_is_away(client):
    with mock.patch.object(connection, "cursor", side_effect=OperationalError):
        assert client.get("/healthz").status_code == 200


def test_readiness_falls_with_the_database_and_says_only_which_check(client):
    assert client.get("/readyz").status_code == 200
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("host=inner")):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] is False
    assert "inner" not in answer.content.decode()
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (rules.disk(0.10), True),
        (rules.disk(0.0999), False),
        (rules.clock(-5.1), False),
        (rules.clock(4.9), True),
        (rules.queue(601), False),
        (rules.sealer(61), False),
        (rules.dead_jobs(1), False),
    ],
)
def test_each_limit_is_where_the_rules_put_it(check, good):
    assert check.good is good


def test_background_lag_alarms_but_does_not_close_the_door():
    assert rules.is_ready([rules.queue(10_000), rules.dead_jobs(3), rules.disk(0.5)])
    assert not rules.is_ready([rules.disk(0.01)])
    assert not rules.is_ready([Check("database", "数据库", False, 0.0)])


def test_a_clock_that_is_wrong_is_seen():
    checks = {c.name: c for c in queries.check_all(at=moments.now() + timedelta(minutes=2))}
    assert not checks["clock_offset_seconds"].good


def test_metrics_count_requests_by_route_and_show_the_figures(client):
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'yiwang_requests_total{method="GET",route="/healthz",status="200"}' in text
    assert "yiwang_disk_free_share" in text
    assert "yiwang_queue_oldest_seconds" in text


WORD = "a-word-the-operator-made"


@pytest.mark.parametrize("remote", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_in_the_sample_the_figures_are_read_on_this_machine(client, settings, remote):
    settings.SAMPLE, settings.METRICS_TOKEN = True, ""
    assert client.get("/metrics", REMOTE_ADDR=remote).status_code == 200


@pytest.mark.parametrize("remote", ["10.0.0.7", "::ffff:10.0.0.7", "2001:db8::1", "", "nonsense"])
def test_from_elsewhere_there_are_no_figures(client, settings, remote):
    settings.SAMPLE, settings.METRICS_TOKEN = True, ""
    assert client.get("/metrics", REMOTE_ADDR=remote).status_code == 404


@pytest.mark.parametrize("name", health.PASSED_ON)
def test_what_a_proxy_on_this_machine_passes_on_does_not_come_from_it(client, settings, name):
    settings.SAMPLE, settings.METRICS_TOKEN = True, ""
    assert client.get("/metrics", headers={name: "10.0.0.7"}).status_code == 404


def test_outside_the_sample_nobody_reads_the_figures_without_the_operators_word(client, settings):
    settings.SAMPLE, settings.METRICS_TOKEN = False, ""
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("sample", [True, False])
def test_the_operators_word_opens_the_figures_from_anywhere_and_no_other_does(
    client, settings, sample
):
    settings.SAMPLE, settings.METRICS_TOKEN = sample, WORD
    asked = {"path": "/metrics", "REMOTE_ADDR": "10.0.0.7"}
    assert client.get(**asked, headers={"Authorization": f"Bearer {WORD}"}).status_code == 200
    for wrong in ("", WORD, f"Bearer {WORD}x", f"Basic {WORD}", "Bearer é"):
        assert client.get(**asked, headers={"Authorization": wrong}).status_code == 404
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("behind", "age", "good", "checks"),
    [
        (30.0, 86_400.0, True, (True, True)),
        (301.0, 93 * 86_400.0, True, (False, False)),
        (30.0, 60.0, False, (True, False)),
        (None, None, False, (False, False)),
    ],
)
def test_a_copy_that_is_behind_and_a_drill_that_is_old_are_alarmed_and_close_no_door(
    behind, age, good, checks
):
    found = (rules.backup(behind), rules.drill(age, good=good))
    assert tuple(check.good for check in found) == checks
    assert rules.is_ready(found)
