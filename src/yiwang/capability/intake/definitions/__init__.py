"""The typed shape of ``form.yaml`` and of what a draft holds."""

from yiwang.capability.intake.definitions.draft import (
    AnswerRow,
    Contradiction,
    DraftRow,
    DraftView,
    FieldConflict,
    FrozenApplication,
    Prefilled,
)
from yiwang.capability.intake.definitions.form import (
    DAY_TODAY,
    Field,
    Form,
    FormStep,
    FromQuestion,
    Kind,
    Option,
    Problem,
    ShowWhen,
)
from yiwang.capability.intake.definitions.parsing import parse_form

__all__ = [
    "DAY_TODAY",
    "AnswerRow",
    "Contradiction",
    "DraftRow",
    "DraftView",
    "Field",
    "FieldConflict",
    "Form",
    "FormStep",
    "FromQuestion",
    "FrozenApplication",
    "Kind",
    "Option",
    "Prefilled",
    "Problem",
    "ShowWhen",
    "parse_form",
]
