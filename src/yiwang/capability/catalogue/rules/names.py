"""Names a machine may not accept by itself. Never a refusal: a person looks."""

from __future__ import annotations

from typing import Final

#: 企业名称登记管理规定 第十一条（三）（四）、第十二条; 个体工商户参照执行（第二十五条）.
FORBIDDEN: Final = (
    "中国", "中华", "中央", "全国", "国家", "国务院", "人民政府", "共产党", "共青团", "人民代表大会",
    "政协", "法院", "检察院", "公安", "解放军", "武警", "部队", "军区", "联合国", "红十字",
)  # fmt: skip


def forbidden_word(name: str) -> str | None:
    """The first such word in a name, None when there is none."""
    return next((word for word in FORBIDDEN if word in name), None)
