"""``make run`` of the sample with its three nodes, started once for everybody who looks at them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.installation import Installation
from tests.platform.three import FURTHER, read, until, wait_for_nodes


@pytest.fixture(scope="session")
def province() -> Iterator[Installation]:
    """What its start took is in ``seconds``; ``test_nodes`` ends it at last."""
    installation = Installation(sample=True, nodes=True)
    began = time.monotonic()
    try:
        installation.start()
        installation.wait_for_line("ready: ", seconds=600)
        installation.seconds = time.monotonic() - began
        wait_for_nodes(installation)
        for code in FURTHER:
            until(lambda code=code: _are_served(installation, code), seconds=300)
        yield installation
    finally:
        installation.remove()


def _are_served(installation: Installation, code: str) -> bool:
    """The node heard of what comes with membership, and where the host's pages are."""
    text = "SELECT DISTINCT service FROM agreements_fast_grants WHERE consumer_node = %s"
    services = {row[0] for row in read(installation, code, text, code)}
    web = read(installation, code, "SELECT web FROM nodes_node WHERE code = '62'")
    return services >= {"62/identity", "62/seal"} and web != [("",)]
