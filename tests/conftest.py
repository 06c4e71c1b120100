"""Shared by tests of the whole house."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("whole", settings.get_profile("house"), max_examples=60)
settings.load_profile("whole")
