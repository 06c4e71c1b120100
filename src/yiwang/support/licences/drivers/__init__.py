"""One folder per way to put a licence on paper."""
