"""Decisions about published queries, as pure functions."""
