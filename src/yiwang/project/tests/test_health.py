from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection

from yiwang.cloud.health import queries, rules
from yiwang.cloud.health.definitions import Check
from yiwang.kernel import moments

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
