"""The description and the behaviour agree: no undocumented answer, no failure, whatever is sent.

Bounded on purpose: a few examples an operation, each sent without a name, with a citizen's token and
with an official's, with keys that exist and keys that do not.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from yiwang.project.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
schema.config.phases.coverage.enabled = False
few = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def send(case, token, known):
    """``known``: where an address names a thing, one that exists; other shapes stay as generated."""
    for parameter, (before, key) in known.items():
        if before in case.path:
            case.path_parameters[parameter] = key
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    case.call_and_validate(headers=headers, checks=CHECKS)


@pytest.mark.slow
@pytest.mark.django_db
@schema.parametrize()
@few
def test_only_documented_answers_come_back_whoever_asks(case, citizen, official, known):
    send(case, "", {})
    send(case, citizen[1], {})
    for _actor, token in (citizen, official):
        send(case, token, known)
