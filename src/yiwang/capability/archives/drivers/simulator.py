"""An archive that takes packages in by testing them, and refuses on demand. Keeps nothing.

It runs the stand-alone checker on every package and compares digests with the list, as a real archive does
(档案法实施条例 40); archive numbers in ``ARCHIVE_SIMULATOR_REFUSES`` it refuses whatever they contain.
Refused outside the sample.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from yiwang.capability.archives import checker
from yiwang.capability.archives.definitions.transfer import HandOver, Offered, Receipt
from yiwang.capability.archives.rules import ArchiveAway


class Simulator:
    """Keeps the port's promise without an archive."""

    name = "示例综合档案馆（模拟）"

    def hand_over(self, given: HandOver, *, at: datetime) -> Receipt:
        """All or nothing; the number of the receipt follows from ours."""
        if not settings.SAMPLE:
            raise ArchiveAway("还没有接入档案馆，请用 YIWANG_ARCHIVE_DRIVER 指定驱动。")
        listed = given.listed.decode("utf-8-sig")
        found = {one.archive_no: self._problem(one, listed) for one in given.packages}
        refused = {number: why for number, why in found.items() if why}
        return Receipt(self.name, "" if refused else f"SIM-{given.batch_no}", at, refused)

    @staticmethod
    def _problem(one: Offered, listed: str) -> str:
        if one.archive_no in settings.ARCHIVE_SIMULATOR_REFUSES:
            return "接收检测没有通过（模拟拒收）"
        if f"{one.archive_no}," not in listed or one.digest not in listed:
            return "清册里没有这一件"
        if checker.sm3(one.content.read()).hex() != one.digest:
            return "与清册里的摘要不一致"
        one.content.seek(0)
        report = checker.check(one.content)
        return "；".join(check.sentence for check in report.failed)
