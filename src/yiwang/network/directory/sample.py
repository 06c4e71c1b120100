"""Places and bodies for tests and for the sample province."""

from __future__ import annotations

from functools import cache

from yiwang.kernel.identifiers import make_uscc
from yiwang.network.directory import actions
from yiwang.network.directory.actions import loading
from yiwang.network.directory.definitions import DepartmentView

CHENGGUAN = "620102000000"  # 兰州市城关区
LANZHOU = "620100000000"
GANSU = "620000000000"

#: The departments every sample county has: short name, name, serial in its code.
_COUNTY_BODIES = (
    ("民政局", 1),
    ("市场监督管理局", 2),
    ("住房和城乡建设局", 3),
    ("行政审批服务局", 4),
    ("人力资源和社会保障局", 5),
    ("卫生健康局", 6),
    ("公安分局", 7),
    ("应急管理局", 8),
    ("林业和草原局", 9),
    ("城市管理局", 10),
    ("消防救援大队", 11),
    ("自然资源局", 12),
)


def load_chengguan() -> None:
    """甘肃省 with 兰州市城关区 down to its villages: small enough for every test."""
    loading.take_in(_rows("620102"), valid_from=actions.SHIPPED_CUT_ON)


def load_lanzhou() -> None:
    """甘肃省 with all of 兰州市."""
    loading.take_in(_rows("6201"), valid_from=actions.SHIPPED_CUT_ON)


@cache
def _rows(only: str) -> tuple[loading.Row, ...]:
    """Read once: the whole province is twenty thousand lines."""
    return tuple(loading.read_rows(actions.DATA / actions.SHIPPED[0], only))


def department_uscc(division_code: str, serial: int) -> str:
    """The synthetic code of a sample department: ``serial`` 1 is 民政局, 2 is 市场监督管理局 …"""
    return make_uscc("1", "1", division_code[:6], serial)


def register_departments(division_code: str = CHENGGUAN, place: str = "城关区") -> tuple[str, ...]:
    """The sample departments of one county; their codes in order."""
    made = []
    for name, serial in _COUNTY_BODIES:
        department = DepartmentView(
            uscc=department_uscc(division_code, serial),
            name=f"{place}{name}（示例）",
            short_name=name,
            division_code=division_code,
            phone=f"0931-000{serial:04d}",
            address=f"{place}政务服务大厅 {serial} 号窗口（示例）",
        )
        actions.register_department(department=department)
        made.append(department.uscc)
    return tuple(made)
