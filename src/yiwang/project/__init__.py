"""Wiring only: settings, routes, who hears what, supervisor, command line."""
