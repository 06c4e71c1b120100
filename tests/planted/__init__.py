"""Planted values: put known personal values in by real actions, then look for them everywhere."""
