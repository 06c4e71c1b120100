"""Packs: what reads well, what is refused with file and key, and that publication is all or nothing."""

import gzip
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from yiwang.applications import actions, queries
from yiwang.applications.commands import main
from yiwang.applications.definitions import Pack
from yiwang.applications.rules.comparing import compare
from yiwang.applications.rules.examples import completed_years
from yiwang.capability.cases import queries as cases
from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import item_schema
from yiwang.capability.intake import queries as intake
from yiwang.capability.journey.facts import age_on
from yiwang.foundation.laws import actions as laws
from yiwang.kernel.actor import machine
from yiwang.mechanisms.rulings.models import RuleTable
from yiwang.support.assistant import queries as assistant

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLERK = machine("publisher")
SHELF = settings.ROOT / "packs" / "services"
#: How many examples each pack of the shelf has, at least.
PACKS = {
    "elderly-allowance": 18,
    "individual-business": 18,
    "food-business": 15,
    "fire-safety-check": 13,
    "road-occupation": 14,
}


@pytest.fixture(scope="session")
def cited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The laws the packs cite, without the long ones they do not: quick to import."""
    file = tmp_path_factory.mktemp("laws") / "cited.jsonl"
    with gzip.open(laws.SHIPPED / "cited.jsonl.gz", "rt", encoding="utf-8") as lines:
        wanted = ("老年人", "登记管理条例", "个体工商户发展", "个人信息", "在线政务", '行政复议法"')
        wanted += ("食品安全法", "消防法", "行政许可法", "营商环境")
        wanted += ("城市道路", "城市绿化", "道路交通")
        file.write_text("".join(one for one in lines if any(w in one[:120] for w in wanted)))
    return file


@pytest.fixture
def law_library(db: None, cited: Path) -> None:
    laws.import_laws(file=cited, actor=CLERK, at=AT)


@pytest.fixture
def folder(tmp_path: Path, law_library: None) -> Path:
    """A copy of a real pack that may be spoilt."""
    return Path(shutil.copytree(SHELF / "elderly-allowance", tmp_path / "elderly-allowance"))


def _edit(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text, f"{file} has no {before!r}"
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def _problems(folder: Path) -> list[str]:
    pack = queries.read_pack(folder)
    problems = queries.check_pack(pack) if isinstance(pack, Pack) else pack
    return [f"{p.file}:{p.key}" for p in problems if not p.warning]


def _publish(folder: Path) -> int:
    return actions.publish(folder=folder, approved_by="official:head", actor=CLERK, at=AT)[0]


@pytest.mark.usefixtures("law_library")
@pytest.mark.parametrize("code", PACKS)
def test_a_pack_of_the_shelf_has_no_problem_and_its_examples_come_true(code: str) -> None:
    pack = queries.read_pack(SHELF / code)
    assert isinstance(pack, Pack), pack
    assert [str(p) for p in queries.check_pack(pack)] == []
    outcomes = actions.run_examples(pack)
    assert [o for o in outcomes if o.differences] == []
    assert len(outcomes) >= PACKS[code]


@pytest.mark.parametrize(
    ("file", "before", "after", "where"),
    [
        ("item.yaml", "visits: 0", "visits: 0\ncolour: red", "item.yaml:colour"),
        ("item.yaml", "第三十三条", "第九百条", "item.yaml:conditions.age.basis"),
        ("item.yaml", "law: 老年人权益保障法", "law: 不存在的法", "item.yaml:conditions.age.basis"),
        ("item.yaml", "valid_from: 2026-01-01", "valid_from: 1990-01-01", "item.yaml:basis.0"),
        (
            "item.yaml",
            "text: 户籍在本区, local: true",
            "text: 户籍在本区",
            "item.yaml:conditions.register.local",
        ),
        ("item.yaml", "promised_local: true", "promised_local: false", "item.yaml:promised_local"),
        ("item.yaml", "amount: 0, unit", "amount: 3, unit", "item.yaml:promised.amount"),
        ("item.yaml", "provider: person.alive", "sample: x", "item.yaml:materials.life.provider"),
        ("item.yaml", "name: 健在情况", "name: 其他材料", "item.yaml:materials.life.name"),
        ("item.yaml", "code: elderly-allowance\nname", "code: other\nname", "item.yaml:code"),
        ("item.yaml", "profile: BENEFIT", "profile: LICENCE", "flow.yaml:profile"),
        ("item.yaml", "until_age: 90", "until_age: 91", "item.yaml:result.benefit.bands"),
        (
            "flow.yaml",
            "answer: by_relative",
            "answer: nobody",
            "flow.yaml:ruling.inputs.by_relative",
        ),
        ("flow.yaml", "table: eligibility", "table: another", "flow.yaml:ruling.table"),
        ("flow.yaml", "instant: true", "instant: false", "flow.yaml:instant"),
        (
            "notices/rejected.txt",
            "{reason}",
            "{citizen_id}",
            "notices/rejected.txt:{citizen_id}",
        ),
        ("notices/rejected.txt", "{reason}", "{starts_on}", "notices/rejected.txt:{starts_on}"),
        (
            "form.yaml",
            "x-question: { key: who, answers: { self: false, relative: true } }",
            "x-question: { key: whose, answers: { self: false, relative: true } }",
            "form.yaml:properties.by_relative.x-question",
        ),
        (
            "form.yaml",
            "x-question: { key: who, answers: { self: false, relative: true } }",
            "x-question: who",
            "form.yaml:properties.by_relative.x-question",
        ),
        (
            "form.yaml",
            "answers: { self: false, relative: true }",
            "answers: { self: false }",
            "form.yaml:properties.by_relative.x-question",
        ),
        ("item.yaml", "- key: who", "- key: bank", "form.yaml:properties.bank"),
        ("text/en.yaml", "  form.bank.label: Bank\n", "", "text/en.yaml:words.form.bank.label"),
        (
            "form.yaml",
            "title: 哪家银行",
            "title: 哪家银行\n    x-colour: red",
            "form.yaml:properties/bank/x-colour",
        ),
        ("form.yaml", "title: 高龄", "title: 高龄\ntitle: 两次", "form.yaml:第 3 行"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(
    folder: Path, file: str, before: str, after: str, where: str
) -> None:
    _edit(folder, file, before, after)
    assert where in _problems(folder)


def test_asking_for_what_sharing_gives_is_refused(folder: Path) -> None:
    _edit(folder, "item.yaml", "source: FETCHED\n    provider: person.alive", "source: UPLOADED")
    assert "item.yaml:materials.life.source" in _problems(folder)


def test_a_notice_no_step_sends_and_a_step_without_notice_are_named(folder: Path) -> None:
    (folder / "notices" / "approved.txt").rename(folder / "notices" / "aproved.txt")
    problems = _problems(folder)
    assert "notices/aproved.txt:（文件名）" in problems
    assert "notices/:case-approved" in problems


def test_an_example_is_narrowed_by_its_form_over_its_guide(folder: Path) -> None:
    """A guide told “the elder” and a form that says “a relative”: the form counts."""
    file = folder / "examples" / "to-a-person.yaml"
    text = file.read_text(encoding="utf-8")
    assert "questions: { who: relative }" in text
    file.write_text(text.replace("questions: { who: relative }", "questions: { who: self }"))
    pack = queries.read_pack(folder)
    assert isinstance(pack, Pack)
    assert [o for o in actions.run_examples(pack) if o.differences] == []


def test_strange_files_and_missing_ones_are_named(folder: Path) -> None:
    (folder / "run.py").write_text("print()")
    (folder / "text" / "en.yaml").unlink()
    problems = _problems(folder)
    assert "run.py:（文件）" in problems
    assert "text/en.yaml:（文件）" in problems


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "[" * 50_000,
        "? [1, 2]\n: a list as a name\n",
        "day: 2026-13-45\n",
        "a: !!python/object/apply:os.system [id]\n",
        "a: *nowhere\n",
    ],
    ids=["references in references", "endless", "list as name", "no such day", "code", "unbound"],
)
def test_a_hostile_file_is_a_problem_with_a_name_and_no_crash(folder: Path, text: str) -> None:
    (folder / "flow.yaml").write_text(text)
    problems = queries.read_pack(folder)
    assert not isinstance(problems, Pack)
    assert any(p.file == "flow.yaml" and p.sentence.startswith("YAML 写错了") for p in problems)


def test_a_rule_table_nested_without_end_is_a_problem_with_a_name(folder: Path) -> None:
    (folder / "rules" / "deep.json").write_text("[" * 100_000)
    assert any("deep.json" in problem for problem in _problems(folder))


def test_a_newer_version_of_a_cited_law_only_warns(folder: Path) -> None:
    _edit(folder, "item.yaml", "valid_from: 2026-01-01", "valid_from: 2020-01-01")
    text = (
        (folder / "item.yaml")
        .read_text()
        .replace("老年人权益保障法, article: 第三十三条", "行政复议法, article: 第九条")
    )
    (folder / "item.yaml").write_text(text.replace("个人信息保护法", "行政复议法"))
    pack = queries.read_pack(folder)
    assert isinstance(pack, Pack)
    warnings = [p for p in queries.check_pack(pack) if p.warning]
    assert any("新版本" in p.sentence for p in warnings)


def test_a_failing_example_publishes_nothing(folder: Path) -> None:
    _edit(folder, "examples/at-once.yaml", "monthly_fen: 5000", "monthly_fen: 5001")
    with pytest.raises(actions.CannotPublishPack) as refusal:
        _publish(folder)
    assert "5001" in refusal.value.fields[0].sentence
    assert catalogue.find_item("elderly-allowance") is None


def test_a_typing_error_in_a_table_is_caught_before_it_decides(folder: Path) -> None:
    _edit(folder, "rules/eligibility.json", '"< 80"', '"< = 80"')
    pack = queries.read_pack(folder)
    assert isinstance(pack, Pack)
    assert any("看不懂" in d for o in actions.run_examples(pack) for d in o.differences)
    with pytest.raises(actions.CannotPublishPack):
        _publish(folder)


def test_all_parts_are_published_under_one_version(folder: Path) -> None:
    assert _publish(folder) == 1
    item = catalogue.get_item("elderly-allowance", on=AT.date())
    assert item.open_for_application
    assert len(item.item.faq) >= 3
    assert intake.get_form("elderly-allowance", 1).title == "高龄津贴申请表"
    assert cases.get_flow("elderly-allowance", 1).instant
    assert RuleTable.objects.filter(code="elderly-allowance/eligibility", version=1).exists()
    assert assistant.search("老人钱")[0].code == "elderly-allowance"
    english = catalogue.get_item("elderly-allowance", on=AT.date(), language="en")
    assert english.item.name.startswith("Old-age allowance")
    assert catalogue.get_notice("elderly-allowance", 1, "approved")


def test_publishing_again_changes_nothing_and_a_change_in_any_part_is_a_new_version(
    folder: Path,
) -> None:
    assert (_publish(folder), _publish(folder)) == (1, 1)
    _edit(folder, "form.yaml", "title: 哪家银行", "title: 哪家银行的卡")
    assert _publish(folder) == 2
    assert intake.get_form("elderly-allowance", 1).find_field("bank").label == "哪家银行"
    assert intake.get_form("elderly-allowance", 2).find_field("bank").label == "哪家银行的卡"


def test_a_failure_in_the_last_part_takes_everything_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("yiwang.mechanisms.rulings.actions.publish_table", fail)
    with pytest.raises(RuntimeError):
        _publish(folder)
    assert catalogue.find_item("elderly-allowance") is None
    assert not intake.has_form("elderly-allowance", 1)
    assert assistant.search("高龄津贴") == ()


def test_the_publisher_cannot_approve(folder: Path) -> None:
    with pytest.raises(actions.CannotPublishPack, match="同一个人"):
        actions.publish(folder=folder, approved_by=CLERK.reference, actor=CLERK, at=AT)


def test_the_difference_to_what_is_published_is_told_key_by_key(folder: Path) -> None:
    pack = queries.read_pack(folder)
    assert isinstance(pack, Pack)
    assert "还没有发布过" in queries.differences(pack)[0]
    _publish(folder)
    assert queries.differences(pack) == ()
    _edit(folder, "item.yaml", "short_name: 高龄津贴", "short_name: 长寿津贴")
    changed = queries.read_pack(folder)
    assert isinstance(changed, Pack)
    assert queries.differences(changed) == ("item.short_name：高龄津贴 → 长寿津贴",)


def test_a_new_pack_reads_well_and_says_what_is_still_to_do(
    tmp_path: Path, law_library: None
) -> None:
    assert main(["new", f"{tmp_path}/winter-heating"]) == 0
    pack = queries.read_pack(tmp_path / "winter-heating")
    assert isinstance(pack, Pack), pack
    assert pack.item.code == "winter-heating"
    assert [o.differences for o in actions.run_examples(pack)] == [()]
    assert "examples/:（文件夹）" in _problems(tmp_path / "winter-heating")


def test_the_commands_check_and_try_the_whole_shelf(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out.strip().endswith(f"{len(PACKS)} passed, 0 failed")
    assert main(["test"]) == 0
    assert " passed, 0 failed" in capsys.readouterr().out


def test_the_english_file_says_every_word_of_the_chinese() -> None:
    for code in PACKS:
        english = yaml.safe_load((SHELF / code / "text" / "en.yaml").read_text(encoding="utf-8"))
        assert not [
            path
            for path, said in english["words"].items()
            if not str(said).isascii() and "“" not in str(said) and "–" not in str(said)
        ]


@given(st.dates(date(1900, 1, 1), date(2010, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_an_example_counts_years_as_a_case_does(born: date, on: date) -> None:
    assert completed_years(born, on) == age_on(born, on)


@given(
    st.recursive(
        st.integers() | st.text(max_size=3),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=2), x, max_size=3),
    )
)
def test_nothing_differs_from_itself(value: object) -> None:
    assert compare("x", value, value) == []


@pytest.mark.parametrize("name", ["item", "text", "examples"])
def test_the_schema_in_the_documentation_is_the_one_of_the_code(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", name]) == 0
    written = settings.ROOT / "docs" / "look-up" / "schemas" / f"{name}.schema.json"
    assert json.loads(capsys.readouterr().out) == json.loads(written.read_text(encoding="utf-8"))


def test_every_key_of_item_yaml_is_explained() -> None:
    page = (settings.ROOT / "docs" / "look-up" / "pack-files.md").read_text(encoding="utf-8")
    written_elsewhere = {"short_text", "faq"}
    keys = set(item_schema()["$defs"].get("Item", item_schema())["properties"])
    assert {key for key in keys - written_elsewhere if f"`{key}`" not in page} == set()
