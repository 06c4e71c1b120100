"""One folder per way to put a letter on paper."""
