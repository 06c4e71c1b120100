"""Forms from published definitions: components folded once, values put in per request."""
