import re

import pytest
from django.conf import settings as live

from yiwang.entrance.console.tests.test_rights import official
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import now
from yiwang.mechanisms.crypto import rules as crypto
from yiwang.network.nodes import actions, queries, sample
from yiwang.network.nodes.definitions import NodeState, RequestKind

pytestmark = pytest.mark.django_db
PAGE = "/console/nodes/"


@pytest.fixture
def operator(db):
    return official("op", Role.OPERATOR)


@pytest.fixture
def lanzhou(db):
    node, _police = sample.three_nodes(at=now())
    return node


def asks(node):
    return actions.receive(given=sample.asks(node, RequestKind.JOIN, at=now()), at=now())


def test_a_newcomer_is_confirmed_by_what_the_other_side_reads_out(operator):
    actions.begin(at=now())
    node = sample.far_node()
    key = asks(node)
    page = operator.get(PAGE).content.decode()
    assert node.name in page
    assert f'action="{PAGE}requests/{key}/confirm/"' in page
    print_ = crypto.fingerprint(node.point)
    assert " ".join(re.findall("....", print_)) in page
    wrong = operator.post(f"{PAGE}requests/{key}/confirm/", {"fingerprint": "0" * 16})
    assert wrong.status_code == 422
    assert "没有确认" in wrong.content.decode()
    said = operator.post(f"{PAGE}requests/{key}/confirm/", {"fingerprint": print_[:20]})
    assert said["Location"] == f"{PAGE}?done=confirmed"
    page = operator.get(said["Location"]).content.decode()
    assert "没有等确认的申请" in page
    assert f'href="{PAGE}{node.code}/"' in page
    assert operator.post(f"{PAGE}requests/{key}/confirm/", {}).status_code == 404


def test_a_request_is_sent_back_with_a_reason(operator):
    actions.begin(at=now())
    key = asks(sample.far_node())
    assert operator.post(f"{PAGE}requests/{key}/decline/", {"reason": ""}).status_code == 422
    said = operator.post(f"{PAGE}requests/{key}/decline/", {"reason": "没有这个单位"})
    assert said["Location"] == f"{PAGE}?done=declined"
    assert queries.list_requests() == ()


def test_a_member_is_kept_out_let_in_and_taken_out(operator, lanzhou):
    here = f"{PAGE}{lanzhou.code}/"
    assert lanzhou.name in operator.get(here).content.decode()
    assert operator.post(f"{here}suspend/", {"reason": ""}).status_code == 422
    said = operator.post(f"{here}suspend/", {"reason": "违规调用，暂停核查"})
    assert said["Location"] == f"{here}?done=suspend"
    page = operator.get(said["Location"]).content.decode()
    assert "暂停：违规调用，暂停核查" in page
    assert queries.get_node(lanzhou.code).state is NodeState.SUSPENDED
    assert operator.post(f"{here}suspend/", {"reason": "再停一次"}).status_code == 409
    operator.post(f"{here}resume/")
    assert queries.get_node(lanzhou.code).state is NodeState.ACTIVE
    operator.post(f"{here}remove/", {"reason": "机构撤销"})
    assert queries.get_node(lanzhou.code).state is NodeState.LEFT
    assert operator.post(f"{here}explode/").status_code == 404
    assert operator.get(f"{PAGE}nowhere/").status_code == 404


def test_the_registry_changes_its_own_key(operator, lanzhou):
    before = queries.own().key
    assert operator.post(f"{PAGE}own/rotate/")["Location"] == f"{PAGE}?done=rotated"
    assert queries.own().key != before
    assert operator.post(f"{PAGE}own/leave/", {"code": "62"}).status_code == 409


def test_a_node_that_is_no_member_sees_how_to_join(operator, settings):
    settings.REGISTRY, settings.NODE = "http://127.0.0.1:1", "620100"
    page = operator.get(PAGE).content.decode()
    assert f'action="{PAGE}own/join/"' in page
    assert "等您确认的申请" not in page
    said = operator.post(f"{PAGE}own/join/", {"fingerprint": "0" * 16})
    assert said.status_code == 503
    assert "联系不上" in said.content.decode()


def test_a_member_leaves_by_typing_its_own_code(operator, settings):
    settings.REGISTRY, settings.NODE = "http://127.0.0.1:1", "620100"
    registry = sample.far_registry(at=now())
    actions.take(documents=[registry.members(version=1, at=now())], at=now())
    assert f'action="{PAGE}own/leave/"' in operator.get(PAGE).content.decode()
    assert operator.post(f"{PAGE}own/leave/", {"code": "62"}).status_code == 422
    assert operator.post(f"{PAGE}own/leave/", {"code": "620100"}).status_code == 503
    (live.YIWANG_HOME / "exchange" / "registry.json").unlink()


@pytest.mark.parametrize("role", [Role.HEAD, Role.SECURITY_ADMIN, Role.AUDITOR, Role.DATA_OFFICER])
def test_other_roles_stay_outside(lanzhou, role):
    other = official("other", role)
    assert other.get(PAGE).status_code == 403
    assert other.post(f"{PAGE}{lanzhou.code}/suspend/", {"reason": "试一试"}).status_code == 403
    assert other.post(f"{PAGE}own/rotate/").status_code == 403
    assert queries.get_node(lanzhou.code).state is NodeState.ACTIVE
