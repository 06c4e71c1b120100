"""The clocks of an application."""

from __future__ import annotations

from typing import Final

from yiwang.mechanisms.clocks.definitions import Allowance, Unit

#: From receipt to decision; stands while the applicant mends.
DECIDE: Final = "decide"
#: How long the applicant has to mend.
SUPPLY: Final = "supply"
#: 本地规定（示例）: no national rule says how long; nothing lapses by itself.
SUPPLY_WITHIN: Final = Allowance(15, Unit.WORKING_DAY, 3)
#: 市场主体登记管理条例 19: with the head's approval, in the unit of the limit (working days), once.
EXTENSION_DAYS: Final = 3
