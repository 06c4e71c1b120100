"""The API of subscriptions and dead letters, asked by who owns some: description and behaviour agree."""

from datetime import timedelta

import pytest

from tests.api.conftest import token_of
from tests.api.test_conformance import few, schema, send
from yiwang.foundation.exchange import sample
from yiwang.foundation.exchange.topics.definitions import SUBSCRIBERS
from yiwang.kernel import moments
from yiwang.kernel.actor import Role
from yiwang.support.identity import sample as accounts

PLACE, BODY = "620102000000", sample.CONSUMER
theirs = schema.include(path_regex=r"/data/(subscriptions|letters)")


@pytest.fixture(scope="module")
def officer(standing):
    account = accounts.open_official_account(
        "subscriber", at=moments.now(), department=BODY, grants=((Role.DATA_OFFICER, PLACE, BODY),)
    )
    return token_of(account.subject, moments.now())


@pytest.fixture(scope="module")
def owned(officer):
    """A subscription of the officer's department, with one that waits and one nobody took."""
    key, dead = sample.subscribed(department=BODY, at=moments.now() - timedelta(hours=1))
    return {
        "subscription_key": ("/data/subscriptions/{subscription_key}", key),
        "dead_letter": ("/data/letters/{dead_letter}", dead),
    }


@pytest.mark.slow
@pytest.mark.django_db
@theirs.parametrize()
@few
def test_only_documented_answers_come_back_to_who_owns_a_subscription(case, officer, owned):
    assert Role.DATA_OFFICER in SUBSCRIBERS
    send(case, officer[1], {})
    send(case, officer[1], owned)


def test_all_of_them_are_asked():
    described = {
        f"{method} {path}"
        for path, methods in schema.raw_schema["paths"].items()
        for method in methods
        if "/data/subscriptions" in path or "/data/letters" in path
    }
    asked = {f"{found.ok().method} {found.ok().path}" for found in theirs.get_all_operations()}
    assert {one.lower() for one in asked} == {one.lower() for one in described}
    assert len(described) == 6
