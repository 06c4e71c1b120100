"""My space and the progress of my case: mine only, with the sentence on top."""

from datetime import timedelta

import pytest
from django.db import transaction

from yiwang.applications import commands as pack_commands
from yiwang.capability.cases import actions as cases
from yiwang.capability.cases import sample
from yiwang.foundation.laws import commands as law_commands
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor, ActorKind, machine
from yiwang.mechanisms.clocks import actions as clocks
from yiwang.mechanisms.clocks.definitions import Allowance
from yiwang.network.directory import sample as places
from yiwang.support.identity import sample as accounts

pytestmark = pytest.mark.django_db


def sign_in(client, name, number):
    made = people.register_person(number, at=moments.now(), name=name)
    accounts.open_person_account(made.reference, at=moments.now(), user_name=f"user{number}")
    client.post("/sign-in/", {"login": f"user{number}", "password": accounts.PASSWORD})
    return Actor(ActorKind.PERSON, made.reference, assurance_level=3)


@pytest.fixture
def me(client):
    return sign_in(client, "马晓燕", 1)


def opened(actor, **changes):
    with transaction.atomic():
        return sample.opened(actor, at=moments.now() - timedelta(hours=1), **changes)


def test_an_empty_space_says_what_would_be_here(client, me):
    page = client.get("/my/").content.decode()
    assert "您还没有办件" in page
    assert "找一件事办" in page


def test_my_cases_are_listed_with_their_sentence(client, me):
    case = opened(me)
    page = client.get("/my/").content.decode()
    assert f"/my/cases/{case.key}/" in page
    assert "已收到" in page


def test_another_persons_case_is_not_found_and_not_listed(client, me):
    case = opened(sample.citizen("other"))
    assert client.get(f"/my/cases/{case.key}/").status_code == 404
    assert case.key not in client.get("/my/").content.decode()


def test_the_headline_is_the_pages_heading_and_title(client, me):
    case = opened(me, instant=False, profile="MARKET_REGISTRATION")
    with transaction.atomic():
        cases.to_official(case_key=case.key, actor=machine("worker"), at=moments.now())
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    assert "<title>城关区民政局正在审查" in page
    assert page.count("<h1") == 1
    assert "撤回申请" in page


def test_a_running_clock_shows_its_days_and_why(client, me):
    case = opened(me, instant=False, profile="MARKET_REGISTRATION")
    with transaction.atomic():
        clocks.start(
            subject=case.reference,
            kind="DECIDE",
            allowance=Allowance(5),
            at=moments.now(),
            actor=machine("worker"),
        )
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    assert 'class="days"' in page
    assert "为什么是这一天" in page
    assert "5 个工作日" in page


def test_on_a_phone_the_map_of_steps_says_where_it_is_and_folds_the_rest_without_a_script(
    client, me
):
    case = opened(me, instant=False, profile="MARKET_REGISTRATION")
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    standing = page[page.index('class="stands"') : page.index("看全部步骤")]
    assert "第 2 步，共 5 步" in standing
    assert "审查" in standing
    folded = page[page.index("看全部步骤") : page.index('id="happened"')]
    assert "show-narrow" in folded[: folded.index("</details>")]
    assert "show-wide" not in folded


def test_a_decision_by_rule_says_so_and_offers_a_person(client, me):
    case = opened(me)
    with transaction.atomic():
        cases.approve_by_rule(
            case_key=case.key,
            ruling=sample.ruling(),
            basis=sample.BASIS,
            actor=machine("worker"),
            at=moments.now(),
        )
    page = client.get(f"/my/cases/{case.key}/").content.decode()
    assert "系统按规则核对后决定" in page
    assert "ask-person" in page
    assert "为什么这样决定" in page


def test_who_looked_is_shown_with_the_reason(client, me):
    case = opened(me)
    with transaction.atomic():
        cases.read_case(case_key=case.key, actor=sample.official(), at=moments.now())
    page = client.get("/my/reads/").content.decode()
    assert f"/my/cases/{case.key}/" in page
    assert "工作人员" in page


def test_my_own_looks_are_not_counted_as_somebodys(client, me):
    case = opened(me)
    client.get(f"/my/cases/{case.key}/")
    assert "还没有人看过" in client.get("/my/reads/").content.decode()


def test_pages_of_persons_are_not_kept_on_the_device(client, me):
    assert client.get("/my/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", [1, 15])
def test_a_longer_list_asks_no_more_questions(client, me, number, django_assert_max_num_queries):
    for _ in range(number):
        opened(me)
    with django_assert_max_num_queries(16):
        assert client.get("/my/").status_code == 200


def test_the_progress_page_asks_the_database_little(client, me, django_assert_max_num_queries):
    case = opened(me)
    client.get(f"/my/cases/{case.key}/")  # the name of the place is remembered
    with django_assert_max_num_queries(14):
        assert client.get(f"/my/cases/{case.key}/").status_code == 200


@pytest.mark.parametrize("after", ["x", "9" * 200, "../"])
def test_a_broken_page_mark_is_refused_or_the_first_page(client, me, after):
    assert client.get(f"/my/?after={after}").status_code in (200, 404, 422)


def version_of(client, key, actor):
    from yiwang.capability.cases import queries

    return queries.get_case(key, actor).version


@pytest.fixture
def pack(settings, capsys):
    """The real pack, published by its own command on the real law library."""
    places.load_chengguan()
    law_commands.main(["import"])
    folder = str(settings.PACKS / "services" / "elderly-allowance")
    sent = ["publish", folder, "--by", "official:a", "--approved-by", "official:b"]
    assert pack_commands.main(sent) == 0


def test_the_guide_of_a_published_pack_answers_everything(client, pack):
    page = client.get("/items/elderly-allowance/").content.decode()
    for words in ("能不能办", "当场出结果", "我们替您取", "本地规定（示例）", "开始办理", "常问"):
        assert words in page
    assert 'class="statute"' in page
    assert "还没有导入法律法规库" not in page
    narrowed = client.get("/items/elderly-allowance/?who=relative").content.decode()
    assert "家属代老人" in narrowed
    assert 'value="relative" checked' in narrowed
    assert 'form="choose" formaction="/items/elderly-allowance/apply/"' in narrowed


def test_the_short_version_fits_one_sheet(client, pack):
    page = client.get("/items/elderly-allowance/short/").content.decode()
    assert "打印这一页" in page
    assert "什么都不用带" in page


def test_a_published_pack_is_a_room_of_the_house(client, pack):
    assert "/items/elderly-allowance/" in client.get("/house/").content.decode()


def test_withdrawing_asks_first_and_happens_once(client, me, pack):
    case = opened(me, item_code="elderly-allowance", instant=False)
    address = f"/my/cases/{case.key}/withdraw/"
    assert "撤回这个申请" in client.get(address).content.decode()
    version = version_of(client, case.key, me)
    assert client.post(address, {"version": version}).status_code == 302
    assert "您已撤回申请" in client.get(f"/my/cases/{case.key}/").content.decode()
    assert client.post(address, {"version": version}).status_code == 409
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("version", ["", "x", "9" * 12, "²"])
def test_a_withdrawal_of_something_not_seen_is_refused(client, me, version):
    case = opened(me, instant=False, profile="MARKET_REGISTRATION")
    answer = client.post(f"/my/cases/{case.key}/withdraw/", {"version": version})
    assert answer.status_code == 409


def test_a_person_can_be_asked_for_behind_a_machines_decision(client, me):
    case = opened(me)
    with transaction.atomic():
        cases.approve_by_rule(
            case_key=case.key,
            ruling=sample.ruling(),
            basis=sample.BASIS,
            actor=machine("worker"),
            at=moments.now(),
        )
    address = f"/my/cases/{case.key}/ask-person/"
    assert "个人信息保护法第二十四条" in client.get(address).content.decode()
    sent = {"version": version_of(client, case.key, me)}
    assert client.post(address, sent).status_code == 302
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("act", ["withdraw", "ask-person", "correct"])
def test_acts_on_another_persons_case_are_not_found(client, me, act):
    case = opened(sample.citizen("other"))
    address = f"/my/cases/{case.key}/{act}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"version": 1}).status_code == 404


def test_nothing_is_to_be_corrected_when_nobody_asked(client, me):
    case = opened(me)
    assert client.get(f"/my/cases/{case.key}/correct/").status_code == 404
