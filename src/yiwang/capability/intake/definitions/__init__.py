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
from yiwang.capability.intake.definitions.lookup import (
    NUMBER_OF,
    REGISTER_OF,
    LookedUp,
    Named,
    Said,
    named_key,
)
from yiwang.capability.intake.definitions.parsing import parse_form

__all__ = [
    "DAY_TODAY",
    "NUMBER_OF",
    "REGISTER_OF",
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
    "LookedUp",
    "Named",
    "Option",
    "Prefilled",
    "Problem",
    "Said",
    "ShowWhen",
    "named_key",
    "parse_form",
]
