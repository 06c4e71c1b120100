"""Trials: long, rough treatment of a whole installation. Each module has ``run() -> Outcome``."""
