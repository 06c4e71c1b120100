"""What may stand in the catalogue. Pure."""

from yiwang.foundation.resources.rules.checking import problems
from yiwang.foundation.resources.rules.reading import read_content
from yiwang.foundation.resources.rules.words import pairs_of, wanted_in

__all__ = ["pairs_of", "problems", "read_content", "wanted_in"]
