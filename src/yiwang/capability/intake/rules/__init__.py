"""Decisions about answers, on plain values: cleaning, checking, hiding, wording."""

from yiwang.capability.intake.rules.checking import (
    answers_from_questions,
    material_files,
    questions_now,
    validate,
    visible_answers,
    visible_fields,
)
from yiwang.capability.intake.rules.cleaning import clean, has_right_type
from yiwang.capability.intake.rules.finding import industry_rank
from yiwang.capability.intake.rules.kinds import Registers
from yiwang.capability.intake.rules.merging import Merged, merge
from yiwang.capability.intake.rules.naming import field_at, find_named, list_named
from yiwang.capability.intake.rules.speaking import in_language, words_of
from yiwang.capability.intake.rules.wording import answer_rows, contradictions, describe, mask

__all__ = [
    "Merged",
    "Registers",
    "answer_rows",
    "answers_from_questions",
    "clean",
    "contradictions",
    "describe",
    "field_at",
    "find_named",
    "has_right_type",
    "in_language",
    "industry_rank",
    "list_named",
    "mask",
    "material_files",
    "merge",
    "questions_now",
    "validate",
    "visible_answers",
    "visible_fields",
    "words_of",
]
