"""One citizen and one official with tokens of every scope, and a case of the citizen's."""

from datetime import timedelta

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import sample as cases
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Role, machine
from yiwang.project.sweep import calls
from yiwang.support.identity import actions as identity
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.definitions import SCOPES
from yiwang.support.letters import actions as letters


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    """One transaction around the module's tests: what stands there is made once, and taken back."""
    with django_db_blocker.unblock(), calls.undone():
        yield


def token_of(subject, at):
    client = Client()
    actor = accounts.sign_in_client(client, subject, at=at)
    issued = identity.issue_token(
        name="conformance",
        scopes=list(SCOPES),
        expires_at=at + timedelta(days=1),
        actor=actor,
        at=at,
    )
    return actor, issued.token


@pytest.fixture(scope="module")
def citizen(standing):
    at = moments.now()
    person = people.register_person(1, at=at)
    accounts.open_person_account(person.reference, at=at)
    return token_of(person.reference, at)


@pytest.fixture(scope="module")
def official(standing):
    at = moments.now()
    account = accounts.open_official_account(
        "conformance", at=at, department=cases.BODY,
        grants=tuple((role, cases.PLACE, cases.BODY) for role in (Role.APPROVER, Role.WINDOW_CLERK)),
    )  # fmt: skip
    return token_of(account.subject, at)


@pytest.fixture(scope="module")
def known(citizen, official):
    """Parameter → (the address it stands in, a key that exists): a case and a letter about it."""
    at, me = moments.now(), machine("tests")
    with transaction.atomic():
        opened = cases.opened(citizen[0], instant=False)
        case_actions.to_official(case_key=opened.key, actor=me, at=at)
        letter = letters.request_letter(
            kind="WITHDRAWAL", subject=opened.reference, template="", at=at, actor=me,
            values={"item_name": "示例", "case_no": "1", "addressee": "马晓燕", "body": "民政局",
                    "withdrawn_on": "2026年12月8日"},
        )  # fmt: skip
    letters.print_letter(key=letter.key, actor=me, at=at)
    return {"key": ("/cases/{key}", opened.key), "letter": ("/letters/{letter}", letter.key)}


@pytest.fixture(autouse=True)
def one_connection():
    """The WSGI callable closes connections after each request; the test's transaction lives on one."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
