"""What can be done with forms and drafts: publish, start, save, prefill, attach, freeze."""

from yiwang.capability.intake.actions.attaching import TooManyFiles, attach_file, detach_file
from yiwang.capability.intake.actions.erasing import erase
from yiwang.capability.intake.actions.filling import (
    TooManyDrafts,
    discard_draft,
    keep_prefilled,
    remove_expired,
    save_answers,
    settle,
    start_draft,
)
from yiwang.capability.intake.actions.handing_in import AnswersConflict, freeze
from yiwang.capability.intake.actions.looking_up import (
    NotLookedUp,
    keep_looked_up,
    record_looked_up,
)
from yiwang.capability.intake.actions.publishing import CannotPublishForm, publish_form
from yiwang.capability.intake.actions.rows import KEPT_DAYS, AlreadyHandedIn

__all__ = [
    "KEPT_DAYS",
    "AlreadyHandedIn",
    "AnswersConflict",
    "CannotPublishForm",
    "NotLookedUp",
    "TooManyDrafts",
    "TooManyFiles",
    "attach_file",
    "detach_file",
    "discard_draft",
    "erase",
    "freeze",
    "keep_looked_up",
    "keep_prefilled",
    "publish_form",
    "record_looked_up",
    "remove_expired",
    "save_answers",
    "settle",
    "start_draft",
]
