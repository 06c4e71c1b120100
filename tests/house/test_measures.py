"""What is run by hand only is not left behind when the house is rebuilt."""

from __future__ import annotations

import importlib

import pytest

from bench.__main__ import MODULES
from trial.__main__ import TRIALS


@pytest.mark.parametrize("name", [f"bench.{name}" for name in MODULES])
def test_every_measurement_finds_what_it_measures(name):
    assert callable(importlib.import_module(name).measure)


@pytest.mark.parametrize("name", [f"trial.{name}" for name in TRIALS])
def test_every_trial_finds_what_it_tries(name):
    assert callable(importlib.import_module(name).run)
