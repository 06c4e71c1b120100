"""Measurements: each module has ``measure() -> list[Measurement]``; figures are ratios where there is a peer."""
