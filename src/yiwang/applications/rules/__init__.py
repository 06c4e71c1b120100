"""Comparing the parts of a pack with each other, and trying its examples. Pure."""

from yiwang.applications.rules.checking import check as check
from yiwang.applications.rules.checking import citations as citations
from yiwang.applications.rules.checking import form_words as form_words
from yiwang.applications.rules.comparing import compare as compare
from yiwang.applications.rules.earlier import flow_words as flow_words
from yiwang.applications.rules.examples import run_example as run_example
from yiwang.applications.rules.needing import needs_of as needs_of
