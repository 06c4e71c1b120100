"""A pack's notices: named as the steps are told, mentioning only what the step can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from yiwang.applications.definitions import Pack, PackProblem
from yiwang.capability.catalogue.definitions import ResultKind
from yiwang.capability.journey.definitions import NOTICES, expected_notices, known_values
from yiwang.kernel.refusals import InvalidInput
from yiwang.support.messages.definitions import PACK_NAMES, parse_pack_notice

_MENTION: Final = re.compile(r"\{([^{}]*)\}")


def check_notices(pack: Pack) -> Iterator[PackProblem]:
    """Unknown names and values, missing notices, and those no case of this item will ever be told."""
    benefit = pack.item.result is not None and pack.item.result.kind is ResultKind.ENTITLEMENT
    told = set()
    for file_name, text in pack.notices.items():
        file = f"notices/{file_name}.txt"
        try:
            told.add(step := parse_pack_notice(file_name, text).name)
        except InvalidInput as wrong:
            step = PACK_NAMES.get(file_name, f"case-{file_name}")
            for problem in wrong.fields:
                yield PackProblem(file, _named(problem.sentence), problem.sentence, "请改正。")
        known = known_values(step, benefit=benefit)
        if known is None:
            names = "、".join(sorted(NOTICES))
            yield PackProblem(
                file, "（文件名）", "没有哪一步会发这个通知。", f"可用的名称：{names}。"
            )
            continue
        for mention in sorted(set(_MENTION.findall(text)) - known):
            yield PackProblem(
                file,
                f"{{{mention}}}",
                "这一步说不出这个内容。",
                f"可用：{'、'.join(sorted(known))}。",
            )
    for step in expected_notices(
        instant=pack.flow.instant,
        registration=str(pack.flow.profile) == "MARKET_REGISTRATION",
        benefit=benefit,
    ):
        if step not in told:
            yield PackProblem("notices/", step, f"缺少通知 {_short(step)}.txt。", "请补上。")
    if pack.flow.instant and "case-submitted" in told:
        said = "当场办的事项直接告诉结果或者转人工，不发这个通知。"
        yield PackProblem("notices/submitted.txt", "（文件）", said, "请删去。", warning=True)


def _short(step: str) -> str:
    """The name a pack uses for a step."""
    known = {name: short for short, name in PACK_NAMES.items()}
    return known.get(step, step.removeprefix("case-"))


def _named(sentence: str) -> str:
    found = _MENTION.search(sentence)
    return found.group(0) if found else "（正文）"
