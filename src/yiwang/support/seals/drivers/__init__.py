"""One folder per seal machine."""
