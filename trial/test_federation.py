"""``yiwang federation``: three nodes in three networks; a cable is cut and mended."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys

import pytest

from tests.installation import Installation
from tests.platform.test_nodes import CODES, FURTHER, command, members, until, wait_for_nodes
from yiwang.project import federation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(federation.why_not()), reason=federation.why_not()),
]


@pytest.fixture(scope="module")
def networks():
    installation = Installation(sample=True, nodes=True)
    installation.start((sys.executable, "-m", "yiwang", "federation"))
    installation.wait_for_line("ready: ", seconds=600)
    wait_for_nodes(installation)
    yield installation, federation.network_of(installation.home.resolve())
    if installation.process.poll() is None:
        installation.process.send_signal(signal.SIGTERM)
        installation.process.wait(timeout=90)
    installation.remove()
    federation.take_away(federation.network_of(installation.home.resolve()), len(CODES))


def ask(host: str, port: int, path: str) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status
    finally:
        connection.close()


def cable(network, node: int, state: str) -> None:
    subprocess.run(["ip", "link", "set", network.cable(node), state], check=True)


def test_each_is_reached_at_an_address_of_its_own_and_nowhere_else(networks):
    installation, network = networks
    for node in range(len(CODES)):
        web = installation.port + 20 * node
        assert ask(network.host(node), web, "/readyz") == 200
        assert ask(network.host(node), web + 10, "/exchange/v1/health") == 200
        with pytest.raises(OSError):
            ask("127.0.0.1", web, "/readyz")
        for other in range(len(CODES)):
            if other != node:
                with pytest.raises(OSError):
                    ask(network.host(other), web, "/readyz")


def test_the_three_know_each_other_by_those_addresses(networks):
    installation, network = networks
    for code in CODES:
        until(lambda code=code: len(members(installation, code)) == 3, seconds=60)
        listed = command(installation, code, "node", "list")
        for node in range(len(CODES)):
            assert f"http://{network.host(node)}:{installation.port + 20 * node + 10}" in listed


def test_a_node_that_is_cut_off_works_on_and_hears_everything_when_the_cable_is_mended(networks):
    installation, network = networks
    alone, victim = FURTHER[0], FURTHER[1]

    def shows(words: str) -> bool:
        return words in command(installation, alone, "node", "show")

    cable(network, 1, "down")
    try:
        until(lambda: shows("联系不上"), seconds=60)
        act = (
            "from yiwang.network.nodes import actions; from yiwang.kernel.moments import now;"
            "from yiwang.kernel.actor import machine;"
            f"actions.suspend(code='{victim}', at=now(), actor=machine('test'), reason='核查')"
        )
        command(installation, "62", "manage", "shell", "-c", act)
        until(lambda: members(installation, victim)[victim][0] == "SUSPENDED", seconds=30)
        assert members(installation, alone)[victim][0] == "ACTIVE"
    finally:
        cable(network, 1, "up")
    until(lambda: members(installation, alone)[victim][0] == "SUSPENDED", seconds=30)
    until(lambda: shows("联系正常"), seconds=30)


def test_ctrl_c_takes_the_networks_away_too(networks):
    installation, network = networks
    os.killpg(installation.process.pid, signal.SIGINT)
    assert installation.process.wait(timeout=90) == 0
    assert not installation.everything()
    listed = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True)
    spaces = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True)
    assert network.name not in listed.stdout + spaces.stdout


def test_where_it_is_not_allowed_it_says_why(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(federation.shutil, "which", lambda name: None)
    assert "ip 命令" in federation.why_not()
    monkeypatch.setattr(federation.os, "geteuid", lambda: 1000)
    assert "root" in federation.why_not()
    with pytest.raises(federation.CannotFederate) as no:
        federation.main([])
    assert "make run" in no.value.remedy
    monkeypatch.setenv("DATABASE_URL", "postgresql://")
    with pytest.raises(federation.CannotFederate, match="DATABASE_URL"):
        federation.main([])
