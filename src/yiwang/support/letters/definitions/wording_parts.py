"""What the letters' wordings are put together from: the rights of appeal, the case, the signature."""

from __future__ import annotations

from typing import Final

from yiwang.support.letters.definitions import LetterKind, Wording

APPEAL: Final = (
    "如不服本决定，您可以自知道或者应当知道本决定之日起六十日内，依照《中华人民共和国行政复议法》第二十条，"
    "向{review_body}申请行政复议{review_channel}；也可以依照《中华人民共和国行政诉讼法》第四十六条，"
    "自知道或者应当知道本决定之日起六个月内，直接向有管辖权的人民法院提起行政诉讼。"
)
CASE: Final = (("办件编号", "{case_no}"), ("办理事项", "{item_name}"))
ASK: Final = "咨询电话：{phone}"
#: Under an undertaking: the evidence of what was signed.
SIGNED: Final = (
    ("承诺人", "{body}"),
    ("签署时间", "{signed_at}"),
    ("文本版本", "{text_version}"),
    ("文本指纹（SM3）", "{digest}"),
)


def letter(
    kind: LetterKind,
    title: str,
    paragraphs: tuple[str, ...],
    *,
    code: str = "",
    version: int = 1,
    rows: tuple[tuple[str, str], ...] = (),
    closing: tuple[str, ...] = (ASK,),
    optional: tuple[str, ...] = (),
) -> Wording:
    return Wording(
        code=code or kind.value.lower().replace("_", "-"),
        version=version,
        kind=kind,
        title=title,
        paragraphs=paragraphs,
        rows=CASE + rows,
        closing=closing,
        optional=frozenset({"number", "phone", "division", *optional}),
    )
