"""Evaluating a decision table, and checking one before it may be used. Pure: no database."""

from yiwang.mechanisms.rulings.rules.checking import check_table
from yiwang.mechanisms.rulings.rules.evaluation import CannotRule, Evaluation, evaluate
from yiwang.mechanisms.rulings.rules.testing import check_tests
from yiwang.mechanisms.rulings.rules.wording import VERSION as WORDING

__all__ = ["WORDING", "CannotRule", "Evaluation", "check_table", "check_tests", "evaluate"]
