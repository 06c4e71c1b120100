"""Tries a department's service: does it answer as it declared, and as a node needs it?"""

VERSION = "1"
