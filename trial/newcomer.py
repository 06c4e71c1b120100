"""A new department joins by the handbook: from a clean clone to an answered, proven call.

The commands are read out of ``docs/handbook``, with the reader's own values in the placeholders; what
the handbook does on pages is done on pages. The clock counts what machines take; reading and typing are
counted and turned into time by stated speeds (docs/decisions/0370).
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyotp
from playwright.sync_api import Browser

from tests import handbook, stage, terminal
from tests.installation import ROOT, Installation, free_port
from trial import hands, province, sharing
from trial.hands import Effort, Hands
from trial.outcome import Outcome
from trial.sharing import AFTERWARDS, CALLING, JOINING, OFFICER, SERVICE
from yiwang.project import subnodes

SOURCES: Final = "handbook/data-sources.md"
OWN_PASSWORD: Final = "xinbumen-2026-Yiwang"  # noqa: S105 a machine that is gone in ten minutes
TABLE: Final = "学校代码,学校名称,办学类型,在校学生数\nXX-1,示例第一小学,小学,860\nXX-2,示例第二小学,小学,412\n"
TEN_MINUTES: Final = 600
#: A reader's pace, in characters a minute, and seconds a key and a press take: docs/decisions/0370.
READ_A_MINUTE, KEY_SECONDS, PRESS_SECONDS = 250, 0.28, 2.65


class Newcomer(Installation):
    """The new department's machine: a clone of the project and nothing of ours in its environment."""

    def __init__(self) -> None:
        super().__init__()
        while self._is_taken():
            self.port = free_port()
        self.clone = Path(tempfile.mkdtemp(prefix="yiwang-clone-")) / "yiwang"

    def _is_taken(self) -> bool:
        import socket

        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port + 10)) == 0

    @property
    def environment(self) -> dict[str, str]:
        foreign = ("DATABASE_", "YIWANG_", "DJANGO_", "PYTHON", "VIRTUAL_ENV", "PORT")
        given = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        return given | {"PORT": str(self.port), "TERM": "dumb"}

    def remove(self) -> None:
        super().remove()
        shutil.rmtree(self.clone.parent, ignore_errors=True)


@dataclass
class Day:
    """One run: the two installations, the people's effort, and how long each step took."""

    outcome: Outcome
    place: Installation
    new: Newcomer
    browser: Browser
    effort: Effort = field(default_factory=Effort)
    seconds: dict[str, float] = field(default_factory=dict)
    read: int = 0
    settings: str = ""
    devices: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The newcomer's node code, as its settings say."""
        return re.search(r"YIWANG_NODE=(\S+)", self.settings)[1]

    @property
    def name(self) -> str:
        return re.search(r"YIWANG_NODE_NAME=(\S+)", self.settings)[1]

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 1)
        print(f"newcomer: {name} {self.seconds[name]} s", flush=True)

    def reads(self, text: str) -> None:
        self.read += handbook.to_read(text)

    def copies(
        self, page: str, words: str, places: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """One block taken over; the reader's own values are typed into it."""
        self.effort.presses += 2
        for value in places.values():
            self.effort.types(value)
        return handbook.block(page, words).filled(places)

    def runs(self, command: str, *answers: tuple[str, str]) -> str:
        """In a second window, where the settings were run again first, as the handbook says."""
        for _, reply in answers:
            self.effort.types(reply)
        return terminal.typed(
            f"{self.settings}\n{command}",
            folder=self.new.clone,
            environment=self.new.environment,
            answers=answers,
        )

    def sits_at(self, port: int) -> Hands:
        named = handbook.quoted(JOINING, SOURCES, OFFICER, CALLING)
        return hands.at(self.browser, port, named, self.effort)

    def official(self, name: str) -> Hands:
        """Somebody of the sample, signed in at the registry."""
        person = self.sits_at(self.place.port)
        person.sign_in(name, stage.PASSWORD)
        return person

    def own(self, name: str) -> Hands:
        """Somebody of the newcomer, signed in at its node with the device's number."""
        person = self.sits_at(self.new.port)
        person.sign_in(name, OWN_PASSWORD, pyotp.TOTP(self.devices[name]).now())
        return person


def run() -> Outcome:
    """Every step of the handbook, then what it took."""
    outcome = Outcome("newcomer")
    sample = Installation(sample=True, nodes=True)
    with province.province(sample) as place, _machine() as new, hands.chromium() as browser:
        for one in subnodes.rows():
            place.wait_for_line(f"node {one['code']}: ", seconds=300)
        day = Day(outcome, place, new, browser)
        subprocess.run(["git", "clone", "-q", str(ROOT), str(new.clone)], check=True)
        _look_first(day)
        _join(day)
        _publish(day)
        _tell_joined(day)
        sharing.call(day, *sharing.share(day))
        _tell_called(day)
    return outcome


@contextlib.contextmanager
def _machine() -> Iterator[Newcomer]:
    new = Newcomer()
    try:
        yield new
    except BaseException:
        print("\n".join(line[:400] for line in new.lines[-40:]), flush=True)
        raise
    finally:
        new.remove()


def _look_first(day: Day) -> None:
    """What the handbook shows beforehand: a command for one of the sample's nodes. Not timed."""
    shown = handbook.block(JOINING, "set -a").filled({"var/nodes": f"{day.place.home}/nodes"})
    said = terminal.typed(shown, folder=ROOT, environment=day.place.environment)
    day.outcome.claim(
        "a command for another node of the sample reaches that node", "节点 620100" in said
    )


def _join(day: Day) -> None:
    """Steps 1 to 4: started, the two fingerprints, confirmed, five people."""
    day.reads(handbook.section(JOINING, "新部门加入（十分钟）").partition(AFTERWARDS)[0])
    new, place = day.new, day.place
    own = re.findall(
        r"YIWANG_NODE(?:_NAME|_DIVISION)?=(\S+)", handbook.block(JOINING, "YIWANG_SAMPLE=0").text
    )
    places = {
        "/srv/yiwang": str(new.home),
        "https://exchange.province.example:8010": f"http://127.0.0.1:{place.port + 10}",
        "https://exchange.edu.example:8010": f"http://127.0.0.1:{new.port + 10}",
        **{value: value for value in own},  # the example's are ours, and typed all the same
    }
    start = day.copies(JOINING, "YIWANG_SAMPLE=0", places)
    day.settings = "\n".join(line for line in start.splitlines() if line.startswith("export "))
    with day.step("started"):
        new.start(("bash", "-ec", f"cd {new.clone}\n{start}"))
        new.wait_for_line("ready: ", seconds=900)
    with day.step("asked"):
        operator = day.official("yunwei")
        operator.open("/console/nodes/")
        theirs = operator.page.locator("code.fingerprint").first.inner_text()
        command = day.copies(JOINING, "node join", {"f834 1d64 6ffa 6f7b": theirs[:19]})
        day.effort.presses += 2  # the settings once more, in the second window
        ours = re.search(r"指纹：\n\s*((?:[0-9a-f]{4} ?)+)", day.runs(command))[1]
    with day.step("confirmed"):
        operator.open("/console/nodes/")
        operator.type("fingerprint", ours[:19])
        operator.press("确认加入")
        _look_until_member(day, day.copies(JOINING, "node show      #"))
    with day.step("people"):
        _open_people(day)


def _look_until_member(day: Day, look: str) -> None:
    """Asked again until the registry has told it of all four."""
    end = time.monotonic() + 60
    while True:
        said = day.runs(look)
        if "联系正常" in said and said.count("正常") == 2 + 4:
            return
        assert time.monotonic() < end, said


def _open_people(day: Day) -> None:
    command = day.copies(JOINING, "first-staff")
    people = re.findall(r"(\w+)=([\u4e00-\u9fff]+)", command)
    day.effort.types("".join(user + name for user, name in people))
    said = day.runs(
        command,
        ("请输入“同意”：", "同意"),
        *((f"{name}（{user}）自己输入密码：", OWN_PASSWORD) for user, name in people),
    )
    for address in re.findall(r"otpauth://\S+", said):
        device = pyotp.parse_uri(address)
        day.devices[device.name] = device.secret
    day.outcome.claim("five people have an account and a device", len(day.devices) == 5)


def _publish(day: Day) -> None:
    """Step 5: a CSV is put up and is a service."""
    day.reads(handbook.section(SOURCES, "一份 CSV"))
    table = day.new.clone.parent / "schools.csv"
    table.write_text(TABLE, encoding="utf-8")
    with day.step("published"):
        officer = day.own("baijie")
        officer.open("/data/sources/")
        officer.press("登记数据源")
        officer.type("label", "学校名录")
        officer.page.set_input_files("[name=file]", table)
        officer.press("检查并登记")
        officer.type("name", SERVICE)
        for column, code in enumerate(("code", "name", "kind", "pupils")):
            officer.type(f"name-{column}", code)
        officer.choose("operator-0", "等于")
        officer.tick("required-0")
        for column in range(4):
            officer.tick(f"out-{column}")
        officer.press("发布")
        assert f"{day.code}/{SERVICE}" in officer.page.locator("main").inner_text()
    with day.step("seen"):
        asker = day.official("minzheng-shuju")
        asker.until_shown(f"/data/services/?node={day.code}", f"{day.code}/{SERVICE}")


def _tell_joined(day: Day) -> None:
    """What the issue gives ten minutes for: joined, and the CSV is a service."""
    _tell(day, "joined and its CSV a service", "joined")


def _tell(day: Day, words: str, name: str) -> None:
    machines = sum(day.seconds.values())
    reading = day.read / READ_A_MINUTE * 60
    hands_ = day.effort.keys * KEY_SECONDS + day.effort.presses * PRESS_SECONDS
    day.outcome.count(
        **{
            f"{name}_machine_seconds": round(machines),
            f"{name}_characters_to_read": day.read,
            f"{name}_reading_seconds": round(reading),
            f"{name}_keys": day.effort.keys,
            f"{name}_presses": day.effort.presses,
            f"{name}_hand_seconds": round(hands_),
        }
    )
    day.outcome.gate(f"{words}: {machines:.0f} s of machines, under ten minutes", machines < TEN_MINUTES)  # fmt: skip
    whole = machines + reading + hands_
    sentence = f"{words}: {whole:.0f} s with a person's reading and typing, under ten minutes"
    day.outcome.gate(sentence, whole < TEN_MINUTES)


def _tell_called(day: Day) -> None:
    _tell(day, "called by another department with proof", "called")
    day.outcome.count(**{f"seconds_{name}": took for name, took in day.seconds.items()})
