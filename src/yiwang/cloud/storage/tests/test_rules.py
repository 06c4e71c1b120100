from pathlib import Path

import pytest

from yiwang.cloud.storage import rules
from yiwang.cloud.storage.definitions import Account

NOBODY = Account(name="nobody", uid=65534, gid=65534)


@pytest.mark.parametrize(
    ("status", "enters"),
    [
        ((0o40700, 0, 0), False),
        ((0o40755, 0, 0), True),
        ((0o40750, 0, 65534), True),
        ((0o40705, 0, 65534), False),  # its group is refused before the others are asked
        ((0o40700, 65534, 0), True),
        ((0o40077, 65534, 65534), False),
    ],
)
def test_the_kernels_order_of_owner_group_others_decides_who_enters(status, enters):
    assert rules.may_enter(status, NOBODY) is enters


def test_sockets_lie_beside_the_data_while_the_path_is_short():
    assert rules.socket_folder(Path("/srv/db"), name="x") == Path("/srv/db/sockets")
    long = Path("/srv") / ("a" * 90)
    assert rules.socket_folder(long, name="x") == Path("/tmp") / "yiwang-x"


SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@pytest.mark.parametrize("name", SAFE)
def test_each_switched_off_safety_is_named(name):
    assert rules.durability_problems({**SAFE, name: "off"}) == (f"{name} = off",)


def test_stronger_promises_are_accepted():
    assert rules.durability_problems({**SAFE, "synchronous_commit": "remote_apply"}) == ()


@pytest.mark.parametrize(
    ("version", "fits"), [(140012, False), (150018, True), (180004, True), (190000, False)]
)
def test_postgresql_15_to_18_are_supported(version, fits):
    assert rules.is_supported(version) is fits
