"""The hundred scenes of the sample province never play in the future, whatever hour it is loaded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.project.scenes import ELDERS, TRADERS, Stage


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_no_scene_plays_in_the_hour_before_the_end_or_later(hour: int) -> None:
    until = datetime(2026, 11, 30, hour, 15, tzinfo=UTC)
    stage = Stage(1, until - timedelta(days=80), until)
    moments = [stage.moment(number) for number in range(ELDERS + TRADERS)]
    assert max(moments) < until - timedelta(hours=1)
    assert min(moments) > until - timedelta(days=82)
