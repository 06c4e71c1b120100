"""上级证照登记: what a member tells its host's register of each licence, and what everybody may ask of it.

Nothing personal: the number, what it is, who issued it, whether it holds. For the rest the register names the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from yiwang.foundation.agreements.definitions import MemberService
from yiwang.foundation.exchange.definitions import ServiceField, ServiceParameter

_SAID: Final[tuple[tuple[str, str], ...]] = (
    ("number", "证照标识"),
    ("name", "证照名称"),
    ("state", "状态"),
    ("issuer", "颁发单位的统一社会信用代码"),
    ("issuer_name", "颁发单位"),
    ("valid_from", "有效期起"),
    ("valid_until", "有效期止"),
    ("changed_at", "状态从什么时候起"),
)
#: A member tells the host of its licence.
TELLING: Final = MemberService(
    name="licence-register",
    title="证照登记",
    summary="成员节点颁发、暂扣、恢复、撤销、注销或者换新证照时，登记到主节点。不含个人信息。",
    purpose="登记证照",
    parameters=tuple(ServiceParameter(*one, required=one[0] != "valid_until") for one in _SAID),
    fields=(ServiceField("taken", "是否登记", 1),),
)
#: A member asks the host about a number, whoever issued it.
LOOKING: Final = MemberService(
    name="licence",
    title="按证照标识核验",
    summary="按证照标识查主节点和各成员节点颁发的证照是不是有效。不含个人信息。",
    purpose="核验证照",
    parameters=(ServiceParameter("number", "证照标识"),),
    fields=(*(ServiceField(*one, 1) for one in _SAID), ServiceField("node", "颁发的节点", 1)),
)
#: What a call about no application names as its item.
ITEM: Final = "证照验真"


@dataclass(frozen=True, slots=True)
class NumberView:
    """One licence by its number, wherever it was issued. ``node``: whose it is; ours when empty."""

    number: str
    name: str
    state: str
    state_label: str
    issuer_name: str
    valid_from: date
    valid_until: date | None
    changed_at: datetime
    node: str = ""

    @property
    def last_day(self) -> date | None:
        """The last day of validity, as people say it; ``valid_until`` is the day after."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None
