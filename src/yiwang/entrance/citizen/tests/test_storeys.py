"""The house says what was found, never what was hoped."""

import pytest

from yiwang.entrance.citizen import house, storeys
from yiwang.entrance.citizen.storeys import Application, Evidence, RoomState, survey

NOTHING = Evidence(frozenset(), frozenset(), (), frozenset())


def evidence(**changes) -> Evidence:
    values = {"working": frozenset(), "simulated": frozenset(), "applications": ()}
    return Evidence(**(values | {"paths": frozenset()} | changes))


def room(found, name):
    return next(one for one in found.rooms if str(one.name) == name)


def test_with_nothing_installed_every_room_is_not_yet_and_leads_nowhere():
    found = survey(NOTHING)
    assert {one.state for one in found.rooms} == {RoomState.NOT_YET}
    assert not any(one.href for one in found.rooms)
    assert found.not_yet == len(found.rooms)


def test_an_installed_module_is_live_and_opens_its_page():
    found = survey(evidence(working=frozenset({"support.licences"}), paths=frozenset({"/verify/"})))
    assert room(found, "电子证照") == storeys.Room("电子证照", RoomState.LIVE, "/verify/")
    assert found.live == 1


def test_a_module_with_an_imitated_machine_is_simulated():
    seals = frozenset({"support.seals"})
    assert room(survey(evidence(working=seals, simulated=seals)), "电子印章").state == "sim"


def test_no_link_is_offered_where_no_page_answers():
    found = survey(evidence(working=frozenset({"support.licences"})))
    assert room(found, "电子证照").href == ""


def test_published_packs_are_rooms_of_their_chain():
    found = survey(
        evidence(applications=(Application("elderly-allowance", "高龄津贴", "services"),))
    )
    assert room(found, "高龄津贴").href == "/items/elderly-allowance/"
    chains = next(s for s in found.storeys if s.key == "applications").chains
    assert [str(one.name) for one in chains[0].rooms] == ["高龄津贴"]


def test_the_house_has_the_eight_parts_of_the_plan():
    keys = [storey.key for storey in survey(NOTHING).storeys]
    assert sorted(keys) == sorted(
        [
            "entrance",
            "applications",
            "capability",
            "centre",
            "support",
            "foundation",
            "cloud",
            "network",
        ]
    )


@pytest.mark.django_db
def test_what_is_found_here_is_what_is_here():
    found = house.evidence()
    assert "network.directory" in found.working
    assert "governance.supervision" in found.working
    assert "governance.inspections" not in found.working
    assert "support.seals" in found.simulated
    assert "/house/" not in storeys.every_module()


@pytest.mark.django_db
def test_the_page_counts_its_rooms(client):
    page = client.get("/house/").content.decode()
    found = survey(house.evidence())
    assert f"{len(found.rooms)} 间屋子，{found.live} 间已经能用" in page
    assert page.count('class="room none"') == found.not_yet
