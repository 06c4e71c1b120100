"""The process ``query``: answers questions about sources. No Django; each source lives in a child
of its own with limits (``child``), so that nothing a source does harms another."""
