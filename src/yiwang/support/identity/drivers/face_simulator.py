"""The sample installation's face check: no camera, a button says how it went, and says that it does."""

from __future__ import annotations

from django.conf import settings

from yiwang.kernel.refusals import TryLater


class NoFaceCheck(TryLater):
    sentence = "还没有接入实人核验，不能刷脸。"
    remedy = "请换一种核验方式，或到政务服务大厅窗口办理。"


class Simulator:
    """Keeps the promise of the port without a camera."""

    label = "刷脸核验（模拟，没有摄像头）"
    simulated = True

    def passes(self, *, person: str, given: str) -> bool:
        """What the page's button says. Outside the sample: NoFaceCheck."""
        del person
        if not settings.SAMPLE:
            raise NoFaceCheck
        return given == "pass"
