import pytest

from yiwang.entrance.console.tests.test_rights import official
from yiwang.kernel.actor import Role
from yiwang.kernel.moments import now
from yiwang.network.directory import sample as places
from yiwang.network.nodes import sample as nodes
from yiwang.network.nodes.models import ExchangeNode
from yiwang.support.seals import actions, sample

pytestmark = pytest.mark.django_db
PAGE = "/console/seals/"


@pytest.fixture
def keeper(db):
    return official("keeper", Role.SECURITY_ADMIN)


@pytest.fixture
def body(settings):
    settings.NODE_GIVEN = True
    nodes.three_nodes(at=now())
    ExchangeNode.objects.filter(code=nodes.LANZHOU).update(division_code="620100000000")
    return places.register_departments()[1]


def test_a_keeper_permits_and_takes_back_and_every_use_is_listed(keeper, body):
    said = keeper.post(f"{PAGE}permit/", {"node": nodes.LANZHOU, "body": body})
    assert said["Location"] == f"{PAGE}?done=permitted"
    actions.seal_for_member(call=sample.asked(node=nodes.LANZHOU, body=body), at=now())
    page = keeper.get(PAGE).content.decode()
    assert "可以使用" in page
    assert "准予行政许可决定书" in page
    assert "示例—未加盖印章" in page
    action = page.partition(f'action="{PAGE}')[2].partition('"')[0]
    assert keeper.post(f"{PAGE}{action}", {"reason": ""}).status_code == 422
    said = keeper.post(f"{PAGE}{action}", {"reason": "机构改革"})
    assert said["Location"] == f"{PAGE}?done=revoked"
    assert "收回：机构改革" in keeper.get(PAGE).content.decode()


def test_a_body_of_another_place_is_refused_on_the_page_and_what_was_typed_stays(keeper, body):
    said = keeper.post(f"{PAGE}permit/", {"node": nodes.POLICE, "body": body})
    assert said.status_code == 409
    assert "不在该节点的行政区划里" in said.content.decode()
    assert f'value="{body}"' in said.content.decode()


def test_an_operator_has_no_say_in_it(db):
    assert official("op", Role.OPERATOR).get(PAGE).status_code == 403


def test_a_member_sees_what_waits(keeper, settings):
    settings.SEAL_DRIVER, settings.REGISTRY = "host", "http://127.0.0.1:1"
    page = keeper.get(PAGE).content.decode()
    assert "等盖章的文书" in page
    assert "登记一项许可" not in page
