"""Two nodes' exchange processes under load while a cable is cut, a clock is wrong, a disk is full."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from trial import clock_jumps
from yiwang.foundation.agreements import sample as agreements
from yiwang.foundation.exchange import queries, sample
from yiwang.foundation.exchange.models import Receipt
from yiwang.foundation.exchange.tests import running, two
from yiwang.foundation.exchange.tests.two import until
from yiwang.project import federation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HERE, THERE = "62/household-register", "620100/household-register"
CUTS, CUT_SECONDS, PATIENCE = 3, 8.0, 5.0
OFF_SECONDS = 600
PAGE = 8192


class Lines:
    """Calls from several lines at once; what came of each."""

    def __init__(self, call: Callable[..., Any], services: tuple[str, ...]) -> None:
        self.answered: list[str] = []
        self.codes: Counter[str] = Counter()
        self.by_service: Counter[str] = Counter()
        self.unnamed: list[Any] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._line, args=(call, service)) for service in services
        ]

    def _line(self, call: Callable[..., Any], service: str) -> None:
        while not self._stop.is_set():
            try:
                status, answer = call(service, seconds=PATIENCE)
            except (OSError, http.client.HTTPException) as error:
                self.codes[type(error).__name__] += 1
                time.sleep(0.05)
                continue
            if status == 200:
                self.answered.append(answer["message"])
                self.by_service[service] += 1
                continue
            self.codes[answer.get("refusal", {}).get("code", "")] += 1
            if not answer.get("refusal", {}).get("remedy"):
                self.unnamed.append(answer)
            time.sleep(0.02)

    def __enter__(self) -> Lines:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@contextlib.contextmanager
def arranged(place: two.Two, *, host: str = "127.0.0.1") -> Iterator[running.Caller]:
    """Both registers are there and granted to a system of the province."""
    with running.partner(host=host) as (_partner, address):
        place.introduce()
        for code in (HERE, THERE):
            sample.service(code, upstream=f"{address}/good")
            agreements.grant(code, fields=("name", "alive"), per_day=10**6, per_second=10_000)
        key = sample.system("62/approval", per_second=10_000)
        place.tell()
        caller = running.Caller(place.province, key.key_id, key.secret)
        until(lambda: caller.call(HERE)[0] == 200)
        yield caller


def both_have(place: two.Two, answered: list[str]) -> None:
    """Receipts on both sides of every answered call, and books that are right."""
    sides: dict[str, set[str]] = {}
    for message, side in Receipt.objects.values_list("message", "side"):
        sides.setdefault(message, set()).add(side)
    for message, side in place.there("SELECT message, side FROM exchange_receipt"):
        sides.setdefault(message, set()).add(side)
    lacking = [message for message in answered if len(sides.get(message, ())) < 2]
    assert lacking == []
    until(lambda: sum(b.count for b in all_blocks()) >= Receipt.objects.count())
    assert list(queries.check_blocks()) == []
    changed = [v for v in queries.list_mismatches() if any(why != "MISSING" for _m, why in v.calls)]
    assert changed == []


def all_blocks() -> Iterator[Any]:
    after = 0
    while some := queries.list_blocks(after=after, limit=1000):
        yield from some
        after = some[-1].number


@pytest.mark.skipif(bool(federation.why_not()), reason=federation.why_not())
def test_a_cable_is_cut_and_mended_under_load(tmp_path, record_property):
    with (
        federation.networks(tmp_path) as networks,
        two.databases(tmp_path / "lanzhou", networks) as place,
        place.running(),
        arranged(place, host=f"10.213.{federation.network_of(tmp_path).number}.1") as caller,
    ):
        until(lambda: caller.call(THERE)[0] == 200)
        cable, healed = federation.network_of(tmp_path).cable(1), []
        with Lines(caller.call, (THERE,) * 6 + (HERE,) * 2) as lines:
            for _ in range(CUTS):
                reached = lines.by_service[THERE]
                until(lambda reached=reached: lines.by_service[THERE] > reached + 50)
                before = Counter(lines.by_service)
                subprocess.run(["ip", "link", "set", cable, "down"], check=True)
                time.sleep(CUT_SECONDS)
                during = Counter(lines.by_service) - before
                subprocess.run(["ip", "link", "set", cable, "up"], check=True)
                mended, reached = time.monotonic(), lines.by_service[THERE]
                assert during[HERE] > 50  # who asks at home notices nothing
                until(lambda reached=reached: lines.by_service[THERE] > reached, seconds=90)
                healed.append(time.monotonic() - mended)
        assert lines.unnamed == []
        assert set(lines.codes) <= {"PartnerAway", "PartnerBusy", "TimeoutError"}, lines.codes
        assert lines.codes["PartnerAway"] > 0
        both_have(place, lines.answered)
        record_property("cuts", CUTS)
        record_property("answered_around_cuts", len(lines.answered))
        record_property("healed_after_milliseconds_at_worst", round(max(healed) * 1000))


def test_a_node_whose_clock_is_ten_minutes_off_is_told(tmp_path, record_property):
    preload = clock_jumps._compiled(tmp_path)
    if preload is None:
        pytest.skip("there is no C compiler to make the moving clock with")
    hand = tmp_path / "seconds"
    clock_jumps._set(hand, 0)
    moving = {"LD_PRELOAD": str(preload), "TRIAL_CLOCK": str(hand)}
    with (
        two.databases(tmp_path / "lanzhou", **moving) as place,
        place.running(),
        arranged(place) as caller,
    ):
        until(lambda: caller.call(THERE)[0] == 200)
        for seconds in (OFF_SECONDS, -OFF_SECONDS):
            clock_jumps._set(hand, seconds)
            status, answer = caller.call(THERE)
            assert (status, answer["refusal"]["code"]) == (502, "ClocksDiffer")
            assert "时钟" in answer["refusal"]["remedy"]
            assert caller.call(HERE)[0] == 200
            clock_jumps._set(hand, 0)
            until(lambda: caller.call(THERE)[0] == 200, seconds=90)
        record_property("clock_minutes_off", OFF_SECONDS // 60)


@pytest.mark.skipif("TRIAL_DISK" not in os.environ, reason="no small disk was mounted")
def test_a_full_disk_of_the_receipts_lets_no_answer_out(tmp_path, record_property):
    ballast = Path(os.environ["TRIAL_DISK"]) / "ballast"
    with (
        two.databases(tmp_path / "lanzhou") as place,
        place.running(),
        arranged(place) as caller,
    ):
        until(lambda: caller.call(THERE)[0] == 200)
        refused = 0
        with Lines(caller.call, (THERE,) * 3 + (HERE,) * 3) as lines:
            for round_ in range(3):
                seen = lines.codes["ExchangeAway"]
                fill(ballast)
                until(lambda seen=seen: lines.codes["ExchangeAway"] > seen + 5, seconds=120)
                time.sleep(1.0 + round_)
                ballast.unlink()
                reached = Counter(lines.by_service)
                for service in (HERE, THERE):
                    until(
                        lambda s=service, r=reached: lines.by_service[s] > r[s] + 20,
                        seconds=120,
                    )
            refused = lines.codes["ExchangeAway"]
        assert lines.unnamed == []
        both_have(place, lines.answered)
        record_property("answered_around_full_disks", len(lines.answered))
        record_property("refused_by_full_disks", refused)


def fill(ballast: Path) -> None:
    """Every block there is, whole megabytes first."""
    size = 1 << 20
    with ballast.open("wb", buffering=0) as file:
        while size >= 4096:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
