"""一网通办 The life of an application, from form to result, in order; the only place that knows it.

``applicant``: insist_on_assurance · start · answer · submit · ask_for_person · withdraw · review.
``looking_up``: look_up. ``correcting``: list_correctable · supply_correction.
``machine``: after_submission · decide_by_rule · write_receipt.
``acceptance``: accept · return_for_correction · hand_back · refuse_acceptance · not_ours · transfer ·
terminate · deem_accepted. ``special``: begin_special · end_special.
``official``: forward · send_back · propose_conditions · conditions_for · decide ·
confirm_by_person. ``batch``: batch.
``rethinking``: ask_extension · grant_extension · decline_extension · revoke_by_person ·
pass_on_overdue. ``renewing``: renew_by_silence. ``onward``: list_ways (what the holder of a licence may go on to). ``compared``: compare_earlier. ``results``: issue · deliver · go_on.
``papers``: put_on_shelf · collect ·
deliver_posted · take_in_originals · pack. ``serving``: list_servable · read_letter · serve_letters. ``afterwards``: revoke · reopen. ``together`` (asked for by its name): what other bodies, officers on
the spot, and the applicant with the official do. ``supplying``: list_required · list_supplied · fetch_materials ·
upload_material · remove_material · reuse_material · promise_material. ``trusting``: list_papers · sign ·
supply_late · send_back_late · confirm_late · verify_materials · find_true · order_correction ·
report_correction · find_corrected · find_broken.

Each step is one transaction. What differs from item to item is said by its pack, never here.
"""

from yiwang.capability.journey.acceptance import (
    accept,
    deem_accepted,
    hand_back,
    not_ours,
    refuse_acceptance,
    return_for_correction,
    terminate,
    transfer,
)
from yiwang.capability.journey.afterwards import reopen, revoke
from yiwang.capability.journey.applicant import (
    CannotStart,
    NotForYou,
    answer,
    ask_for_person,
    insist_on_assurance,
    review,
    start,
    submit,
    withdraw,
)
from yiwang.capability.journey.batch import BatchResult, batch
from yiwang.capability.journey.compared import Compared, compare_earlier
from yiwang.capability.journey.correcting import (
    Correctable,
    list_correctable,
    supply_correction,
)
from yiwang.capability.journey.earlier import LicenceInHand
from yiwang.capability.journey.looking_up import look_up
from yiwang.capability.journey.machine import after_submission, decide_by_rule, write_receipt
from yiwang.capability.journey.official import (
    conditions_for,
    confirm_by_person,
    decide,
    forward,
    propose_conditions,
    send_back,
)
from yiwang.capability.journey.onward import Onward, list_ways
from yiwang.capability.journey.papers import (
    NothingToFetch,
    collect,
    deliver_posted,
    pack,
    put_on_shelf,
    take_in_originals,
)
from yiwang.capability.journey.renewing import renew_by_silence
from yiwang.capability.journey.results import deliver, go_on, issue
from yiwang.capability.journey.rethinking import (
    ask_extension,
    decline_extension,
    grant_extension,
    pass_on_overdue,
    revoke_by_person,
)
from yiwang.capability.journey.serving import list_servable, read_letter, serve_letters
from yiwang.capability.journey.special import begin_special, end_special
from yiwang.capability.journey.supplying import (
    fetch_materials,
    list_required,
    list_supplied,
    promise_material,
    remove_material,
    reuse_material,
    upload_material,
)
from yiwang.capability.journey.trusting import (
    confirm_late,
    find_broken,
    find_corrected,
    find_true,
    list_papers,
    order_correction,
    report_correction,
    send_back_late,
    sign,
    supply_late,
    translate_commitment,
    verify_materials,
)

__all__ = [
    "BatchResult",
    "CannotStart",
    "Compared",
    "Correctable",
    "LicenceInHand",
    "NotForYou",
    "NothingToFetch",
    "Onward",
    "accept",
    "after_submission",
    "answer",
    "ask_extension",
    "ask_for_person",
    "batch",
    "begin_special",
    "collect",
    "compare_earlier",
    "conditions_for",
    "confirm_by_person",
    "confirm_late",
    "decide",
    "decide_by_rule",
    "decline_extension",
    "deem_accepted",
    "deliver",
    "deliver_posted",
    "end_special",
    "fetch_materials",
    "find_broken",
    "find_corrected",
    "find_true",
    "forward",
    "go_on",
    "grant_extension",
    "hand_back",
    "insist_on_assurance",
    "issue",
    "list_correctable",
    "list_papers",
    "list_required",
    "list_servable",
    "list_supplied",
    "list_ways",
    "look_up",
    "not_ours",
    "order_correction",
    "pack",
    "pass_on_overdue",
    "promise_material",
    "propose_conditions",
    "put_on_shelf",
    "read_letter",
    "refuse_acceptance",
    "remove_material",
    "renew_by_silence",
    "reopen",
    "report_correction",
    "return_for_correction",
    "reuse_material",
    "review",
    "revoke",
    "revoke_by_person",
    "send_back",
    "send_back_late",
    "serve_letters",
    "sign",
    "start",
    "submit",
    "supply_correction",
    "supply_late",
    "take_in_originals",
    "terminate",
    "transfer",
    "translate_commitment",
    "upload_material",
    "verify_materials",
    "withdraw",
    "write_receipt",
]
