"""What is wrong with a pack although each of its files reads well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from yiwang.applications.definitions import LANGUAGES, Pack, PackProblem
from yiwang.applications.rules.carrying import check_carrying
from yiwang.applications.rules.earlier import check_earlier, cited_earlier, flow_words
from yiwang.applications.rules.jointly import check_jointly, cited_jointly
from yiwang.applications.rules.notices import check_notices
from yiwang.capability.catalogue import definitions as catalogue
from yiwang.capability.intake.definitions import Field, Kind

Problems = Iterator[PackProblem]
_HANZI: Final = re.compile(r"[\u4e00-\u9fff]")
_LEAST_EXAMPLES: Final = 10
#: How a new pack marks what has to be written.
_FROM_THE_SKELETON: Final = "改成"


def check(pack: Pack, item_words: Mapping[str, str]) -> tuple[PackProblem, ...]:
    """All problems and warnings, file by file. ``item_words``: the item's visible words by path."""
    parts = (
        _item, check_carrying, _agreement, _inputs, check_jointly, check_earlier, _licence,
        check_notices, _examples,
    )  # fmt: skip
    found = [problem for part in parts for problem in part(pack)]
    return (*found, *_texts(pack, {**item_words, **form_words(pack), **flow_words(pack)}))


def _item(pack: Pack) -> Problems:
    if pack.item.code != pack.code:
        yield PackProblem("item.yaml", "code", "和文件夹名不一样。", f"请写成 {pack.code}。")
    # no material may hide in the form as an upload; what is not on the form has a step of its own
    files = {f.key for f in _all_fields(pack) if f.kind is Kind.FILE}
    uploads = [m for m in pack.item.materials if m.source is catalogue.MaterialSource.UPLOADED]
    if files and not uploads:
        yield PackProblem(
            "form.yaml",
            "properties",
            "表单要上传文件，材料清单里却没有要交的材料。",
            "请补材料清单。",
        )


def _agreement(pack: Pack) -> Problems:
    """item.yaml and flow.yaml tell one story."""
    if str(pack.item.profile) != str(pack.flow.profile):
        yield PackProblem("flow.yaml", "profile", "和 item.yaml 的办理程序不一样。", "请改成一样。")
    instant = pack.item.case_type == "1"
    if instant and not pack.flow.instant:
        yield PackProblem(
            "flow.yaml",
            "instant",
            "事项是即办件，流程却不能当场办。",
            "请核对 case_type 或 instant。",
        )
    statutory = pack.item.statutory
    within = pack.flow.decide_within
    if statutory and within.unit == statutory.unit and within.amount > statutory.amount:
        yield PackProblem("flow.yaml", "decide.within", "长于法定时限。", "请改短。")
    if statutory is None and not pack.flow.local and not pack.flow.decide_basis:
        yield PackProblem(
            "flow.yaml", "decide.local", "时限没有依据，也没有标为本地。", "请标 local: true。"
        )


def _inputs(pack: Pack) -> Problems:
    """Every answer the rules use is asked, every table named exists and is used."""
    asked = {f.key for f in pack.form.fields}
    plan = pack.flow.ruling
    if plan is not None:
        if plan.table not in pack.tables:
            yield PackProblem(
                "flow.yaml", "ruling.table", f"没有 rules/{plan.table}.json。", "请核对名称。"
            )
        for given in plan.inputs:
            if given.answer and given.answer not in asked:
                yield PackProblem(
                    "flow.yaml",
                    f"ruling.inputs.{given.name}",
                    f"表单里没有“{given.answer}”。",
                    "请核对字段名。",
                )
    for name, source in pack.flow.values.items():
        kind, _, key = source.partition(":")
        if kind == "answer" and key not in asked:
            yield PackProblem(
                "flow.yaml", f"result.values.{name}", f"表单里没有“{key}”。", "请核对字段名。"
            )
    for name in sorted(set(pack.tables) - {plan.table if plan else ""}):
        yield PackProblem(
            f"rules/{name}.json",
            "（文件）",
            "没有用到这张决策表。",
            "请删去或在 flow.yaml 里写上。",
        )


def _licence(pack: Pack) -> Problems:
    result = pack.item.result
    wanted = result is not None and result.kind is catalogue.ResultKind.LICENCE
    if wanted and pack.licence is None:
        yield PackProblem(
            "licence.yaml", "（文件）", "结果是证照，却没有证照模板。", "请补 licence.yaml。"
        )
    if pack.licence is None:
        return
    code = str(pack.licence.get("code", ""))
    if result is None or result.licence != code:
        yield PackProblem(
            "licence.yaml", "code", "和 item.yaml 的 result.licence 不一样。", "请改成一样。"
        )
    known = {str(f.get("key")) for f in pack.licence.get("fields", ()) if isinstance(f, dict)}
    for name in sorted(set(pack.flow.values) - known):
        yield PackProblem(
            "flow.yaml", f"result.values.{name}", "证照模板里没有这一项。", "请核对 licence.yaml。"
        )
    if not pack.licence.get("specimen") and pack.licence.get("local"):
        yield PackProblem(
            "licence.yaml", "specimen", "样式不是国家标准，却没有标为样本。", "请写 specimen。"
        )


def _texts(pack: Pack, from_item: Mapping[str, str]) -> Problems:
    """Every visible word of the guide and the form has its English; the prose is there in both."""
    for language in LANGUAGES:
        text = pack.texts.get(language)
        file = f"text/{language}.yaml"
        if text is None:
            yield PackProblem(file, "（文件）", "没有这个文件。", "请补上。")
            continue
        if len(text.faq) < 3:
            yield PackProblem(file, "faq", "常见问题太少。", "至少写三问。")
        for path in sorted(set(text.words) - set(from_item)):
            yield PackProblem(file, f"words.{path}", "没有这个词。", "请核对路径，或删去。")
        if language != "zh-hans":
            for path in sorted(
                p for p, said in from_item.items() if p not in text.words and _HANZI.search(said)
            ):
                yield PackProblem(
                    file,
                    f"words.{path}",
                    f"缺少“{from_item[path]}”的译文。",
                    f"请在 words 下面写一行“{path}: 英文”。",
                )
    for path, said in from_item.items():
        if said.startswith(_FROM_THE_SKELETON):
            where = "item.yaml" if path.startswith("item.") else "form.yaml"
            yield PackProblem(where, path, f"“{said}”还是样板里的话。", "请改成您的事项的。")


def form_words(pack: Pack) -> dict[str, str]:
    """``form.title``, ``form.<step>.title``, ``form.<field>.label|help|why``, options, row names."""
    words = {"form.title": pack.form.title}
    words |= {f"form.steps.{step.key}": step.title for step in pack.form.steps}
    for field in _all_fields(pack):
        here = f"form.{field.key}"
        said = {"label": field.label, "help": field.help, "why": field.why, "unit": field.unit}
        if field.kind is Kind.GROUP:
            said["row"] = field.row_name
        words |= {f"{here}.{name}": text for name, text in said.items() if text}
        for option in field.options:
            words[f"{here}.{option.value}"] = option.label
            if option.help:
                words[f"{here}.{option.value}.help"] = option.help
    return words


def _all_fields(pack: Pack) -> Iterator[Field]:
    for field in pack.form.fields:
        yield field
        yield from field.fields


def _examples(pack: Pack) -> Problems:
    if len(pack.examples) < _LEAST_EXAMPLES:
        yield PackProblem(
            "examples/",
            "（文件夹）",
            f"例子只有 {len(pack.examples)} 个。",
            f"至少写 {_LEAST_EXAMPLES} 个。",
        )
    names = [example.name for example in pack.examples]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield PackProblem("examples/", name, "两个例子同名。", "请改名。")
    if not any(example.expect.outcome == "TO_OFFICIAL" for example in pack.examples):
        yield PackProblem("examples/", "expect", "没有一个例子转工作人员。", "请补上。")
    for example in pack.examples:
        if not example.expect.problems and not example.expect.outcome:
            yield PackProblem(
                "examples/", example.name, "没有写期待什么。", "请写 outcome 或 problems。"
            )


def citations(pack: Pack) -> tuple[tuple[str, str, str], ...]:
    """Every citation of the pack: (file:key, law, article)."""
    found = [(f"item.yaml:{p}", c.law, c.article) for p, c in _cited(pack.item, "")]
    for name in ("approve_basis", "reject_basis"):
        rows = getattr(pack.flow, name)
        found += [(f"flow.yaml:{name}.{i}", row.law, row.article) for i, row in enumerate(rows)]
    basis = pack.flow.decide_basis
    if basis:
        law, _, article = basis.rpartition(" ")
        found.append(("flow.yaml:decide.basis", law, article))
    return (*found, *cited_jointly(pack), *cited_earlier(pack))


def _cited(value: Any, path: str) -> Iterator[tuple[str, catalogue.Citation]]:
    if isinstance(value, catalogue.Citation):
        yield path, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _cited(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        for i, entry in enumerate(value):
            yield from _cited(entry, f"{path}.{getattr(entry, 'key', i)}")
