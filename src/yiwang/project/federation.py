"""``yiwang federation`` (``make federation``): the sample's nodes, each in a network of its own.

A bridge, and for each node a network namespace with one cable to it: what a node says to another goes
over that cable, and nothing of one node's 127.0.0.1 is another's. Needs root and ``ip``; says why not.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yiwang.kernel.refusals import Refusal
from yiwang.project import run, subnodes
from yiwang.project.places import Place

NEEDS_DJANGO = False
FIRST_HOST: Final = 10


class CannotFederate(Refusal):
    status = 503
    sentence = "这台机器上不能给每个节点一个单独的网络。"
    remedy = "用 make run：同样的三个节点，在一个网络里。"


@dataclass(frozen=True, slots=True)
class Network:
    """Names and addresses of one installation's networks, from its home."""

    name: str  # at most ten characters: names of links have fifteen
    number: int

    def namespace(self, node: int) -> str:
        return f"{self.name}-{node}"

    def cable(self, node: int) -> str:
        """The end that lies in this machine's own network."""
        return f"{self.name}n{node}"

    def host(self, node: int) -> str:
        return f"10.213.{self.number}.{FIRST_HOST + node}"

    def place(self, node: int) -> Place:
        return Place(self.host(node), ("ip", "netns", "exec", self.namespace(node)))


def main(arguments: list[str]) -> int:
    """As ``yiwang run``, with the networks made before and taken away after."""
    del arguments
    if "DATABASE_URL" in os.environ:
        raise CannotFederate("设置了 DATABASE_URL：几个节点只在内置数据库上一起运行。")
    reason = why_not()
    if reason:
        raise CannotFederate(reason)

    def serve(home: Path, port: int) -> None:
        with networks(home) as places:
            run.serve(home, port, places)

    return run.own(serve)


def why_not() -> str:
    """What is missing on this machine; "" when nothing is."""
    if os.geteuid() != 0:
        return "建立网络命名空间要 root。"
    if shutil.which("ip") is None:
        return "没有 ip 命令（iproute2）。"
    probe = Network("ywprobe", 0)
    made = _ip("netns", "add", probe.namespace(0), check=False)
    if made.returncode:
        return f"系统不允许建立网络命名空间：{made.stderr.strip()[:200]}。"
    _ip("netns", "del", probe.namespace(0), check=False)
    return ""


def network_of(home: Path) -> Network:
    """The same names for the same home: what a killed run left is found again."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()
    return Network(f"yw{digest[:6]}", 1 + int(digest[6:8], 16) % 250)


@contextlib.contextmanager
def networks(home: Path) -> Iterator[Sequence[Place]]:
    """One network for the province and each further node, joined by a bridge this machine is on, too."""
    network, count = network_of(home), 1 + len(subnodes.rows())
    take_away(network, count)
    try:
        _ip("link", "add", network.name, "type", "bridge")
        _ip("addr", "add", f"10.213.{network.number}.1/24", "dev", network.name)
        _ip("link", "set", network.name, "up")
        for node in range(count):
            _lay_cable(network, node)
        yield [network.place(node) for node in range(count)]
    finally:
        take_away(network, count)


def _lay_cable(network: Network, node: int) -> None:
    space, cable = network.namespace(node), network.cable(node)
    _ip("netns", "add", space)
    _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
    _ip("link", "set", cable, "master", network.name, "up")
    _ip("-n", space, "addr", "add", f"{network.host(node)}/24", "dev", "eth0")
    for link in ("lo", "eth0"):
        _ip("-n", space, "link", "set", link, "up")


def take_away(network: Network, count: int) -> None:
    """Whatever there is of it; what is not there is fine."""
    for node in range(count):
        _ip("netns", "del", network.namespace(node), check=False)
        _ip("link", "del", network.cable(node), check=False)
    _ip("link", "del", network.name, check=False)


def _ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    program = shutil.which("ip") or "ip"
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise CannotFederate(f"ip {' '.join(words)}：{done.stderr.strip()[:200]}。")
    return done
