"""Pages anybody may open: they answer, say what is missing, and ask the database little."""

import re

import pytest
from django.core.cache import cache

from yiwang.capability.catalogue import actions as catalogue
from yiwang.entrance.shell import place
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.network.directory import actions as directory

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/",
    "/search/",
    "/search/?q=没有这样的事",
    "/division/",
    "/items/",
    "/persons/",
    "/firms/",
    "/departments/",
    "/laws/",
    "/laws/?q=没有",
    "/house/",
    "/figures/",
    "/accessibility/",
    "/privacy/",
    "/site-map/",
    "/look/",
    "/patterns/",
]
MINE = ["/my/drafts/", "/my/licences/", "/my/messages/", "/my/reads/"]


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()


@pytest.fixture
def places(db, tmp_path):
    rows = (
        "code12,name,level,parent_code12\n620000000000,甘肃省,1,\n620100000000,兰州市,2,620000000000\n"
        "620102000000,城关区,3,620100000000\n620103000000,七里河区,3,620100000000\n"
    )
    path = tmp_path / "places.csv"
    path.write_text(rows, encoding="utf-8")
    directory.load_divisions(path=path, valid_from=directory.SHIPPED_CUT_ON)


@pytest.mark.parametrize("address", PUBLIC)
def test_anybody_may_open_it_and_it_is_whole(client, address):
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert 'id="main"' in page
    assert "</html>" in page


@pytest.mark.parametrize("address", PUBLIC)
def test_nothing_inline_that_a_strict_policy_would_refuse(client, address):
    page = client.get(address).content.decode()
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son[a-z]+=\"", page)


@pytest.mark.parametrize("address", PUBLIC)
def test_pages_in_english_are_whole_too(client, address):
    client.post("/language/", {"language": "en"})
    answer = client.get(address)
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.content.decode()


@pytest.mark.parametrize("address", MINE)
def test_what_is_mine_asks_to_sign_in_and_comes_back(client, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", [*PUBLIC, "/language/"])
def test_reading_pages_change_nothing_by_post(client, address):
    if address in ("/look/", "/language/", "/division/"):
        return
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(
    ("address", "most"),
    [("/", 14), ("/items/", 4), ("/search/?q=津贴", 10), ("/house/", 8), ("/laws/", 4)],
)
def test_a_page_asks_the_database_little(
    client, places, address, most, django_assert_max_num_queries
):
    with django_assert_max_num_queries(most):
        client.get(address)


def test_a_search_that_finds_nothing_still_helps(client):
    page = client.get("/search/?q=没有这样的事").content.decode()
    assert "12345" in page
    assert "看全部事项" in page


def test_what_was_typed_is_shown_and_never_run(client):
    page = client.get("/search/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_suggestions_are_a_fragment_and_empty_for_nothing(client):
    page = client.get("/search/suggest/?q=").content.decode()
    assert "<html" not in page
    assert not page.strip()


def test_a_place_is_chosen_by_post_and_kept(client, places):
    answer = client.post("/division/", {"division": "620103000000", "next": "/items/"})
    assert answer["Location"] == "/items/"
    assert client.cookies[place.COOKIE].value == "620103000000"
    assert "兰州市七里河区" in client.get("/items/").content.decode()


def test_a_place_that_does_not_exist_is_refused(client, places):
    assert client.post("/division/", {"division": "999999999999"}).status_code == 404
    assert place.COOKIE not in client.cookies


def test_choosing_a_place_leads_to_no_other_site(client, places):
    answer = client.post("/division/", {"division": "620103000000", "next": "//example.org/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("wanted", ["cgq", "chengguan", "城关"])
def test_a_place_is_found_by_name_pinyin_or_initials(client, places, wanted):
    assert "甘肃省兰州市城关区" in client.get(f"/division/?q={wanted}").content.decode()


def test_the_cascade_leads_up_and_down(client, places):
    page = client.get("/division/?at=620100000000").content.decode()
    assert "甘肃省" in page
    assert "?at=620102000000" in page


@pytest.mark.parametrize("at", ["x", "620199000000", "1" * 40])
def test_a_broken_address_of_a_place_shows_the_provinces(client, places, at):
    answer = client.get(f"/division/?at={at}")
    assert answer.status_code == 200
    assert "甘肃省" in answer.content.decode()


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30])
def test_a_broken_page_number_is_the_first_page(client, after):
    assert client.get(f"/items/?after={after}").status_code == 200


def test_an_unknown_item_or_law_is_not_found(client):
    assert client.get("/items/nothing/").status_code == 404
    assert client.get("/laws/law/?title=没有这部法").status_code == 404
    assert client.get("/laws/law/?title=没有这部法&on=yesterday").status_code == 422


def take_over(tmp_path, place: str) -> None:
    """One row of a catalogue of that place."""
    head = (
        "department,main_item,name,task_type_code,task_type,local_item_code,area_code12,dept_code"
    )
    row = f"区经信局,,企业投资项目备案,10,其他行政权力,511Z07001006-{place}-1,{place},"
    path = tmp_path / "items.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    report = catalogue.import_items(file=path, actor=machine("t"), at=moments.now(), apply=True)
    assert report.count("ACCEPTED") == 1


def test_a_place_without_items_for_firms_says_so_and_what_a_firm_can_do(client, places, tmp_path):
    take_over(tmp_path, "511602000000")
    page = client.get("/firms/").content.decode()
    assert "这里还没有法人能在网上办的事" in page
    assert 'href="/sign-in/?tab=firm&amp;next=/my/"' in page
    assert "还不能在这里办" in page
    (search,) = re.findall(r'href="([^"]+)">企业投资项目备案</a>', page)
    found = client.get(search).content.decode()
    assert re.search(r'href="/items/local:\w+/"', found)


def test_every_way_the_empty_door_of_firms_offers_leads_somewhere(client, places):
    page = client.get("/firms/").content.decode()
    offered = re.findall(r'<li><a href="([^"]+)"', page[page.index('id="now"') :])[:4]
    assert len(offered) == 4
    for address in offered:
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address


def test_where_firms_have_items_the_list_is_the_answer(client, places, tmp_path):
    take_over(tmp_path, "620102000000")
    page = client.get("/firms/").content.decode()
    assert "企业投资项目备案" in page
    assert "现在能做的" not in page
    assert "先看指南" not in page
