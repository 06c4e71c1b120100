"""The newest table of every profile. Not everything is governed by 行政许可法."""

from __future__ import annotations

from yiwang.capability.cases.definitions.profiles import pieces
from yiwang.capability.cases.definitions.profiles.names import Profile, State

_OPEN = (
    State.SUBMITTED,
    State.WITH_OFFICIAL,
    State.RETURNED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.FOR_APPROVAL,
)
_REFUSED = (State.REFUSED, State.NOT_OURS, State.TERMINATED)

#: 行政许可法 32, 34, 42, 44, 45, 50, 69.
LICENCE = pieces.machine(
    Profile.LICENCE,
    1,
    (
        *pieces.arrival("准予许可"),
        *pieces.acceptance(deemed=True),
        *pieces.correction(),
        *pieces.signing("准予许可", "不予许可"),
        *pieces.more_time(*pieces.EXAMINED),
        *pieces.special_procedures(),
        *pieces.silence("准予延续"),
        *pieces.leaving(*_OPEN, State.SUSPENDED),
        *pieces.after_decision("制发许可证件"),
        *pieces.afterwards(*_REFUSED),
    ),
    APPROVED="准予许可",
    REJECTED="不予许可",
    ISSUED="证件已制作",
)

#: A permit on a promise (国发〔2021〕7号): still a licence, so acceptance follows 许可法 32; promised and
#: complete, it is decided at once, and checked afterwards.
COMMITMENT = pieces.machine(
    Profile.COMMITMENT,
    1,
    (
        *pieces.arrival("准予许可"),
        *pieces.acceptance(deemed=True),
        *pieces.correction(),
        *pieces.on_the_spot("准予许可"),
        *pieces.signing("准予许可", "不予许可"),
        *pieces.more_time(*pieces.EXAMINED),
        *pieces.leaving(*_OPEN),
        *pieces.after_decision("制发许可证件"),
        *pieces.afterwards(*_REFUSED),
    ),
    APPROVED="准予许可",
    REJECTED="不予许可",
    ISSUED="证件已制作",
)

#: Certificates and public services: their own rule, or a local promise.
CONFIRMATION = pieces.machine(
    Profile.CONFIRMATION,
    1,
    (
        *pieces.arrival("同意办理"),
        *pieces.acceptance(),
        *pieces.correction(),
        *pieces.signing("同意办理", "不予办理"),
        *pieces.more_time(State.WITH_OFFICIAL, *pieces.EXAMINED),
        *pieces.leaving(*_OPEN),
        *pieces.after_decision("出具结果"),
        *pieces.afterwards(*_REFUSED),
    ),
    APPROVED="同意办理",
    REJECTED="不予办理",
    ISSUED="结果已出具",
)

#: 备案: a receipt at once. Nothing about the substance is refused, no word speaks of approval.
FILING = pieces.machine(
    Profile.FILING,
    1,
    (
        *pieces.arrival("予以备案"),
        *(
            row
            for row in pieces.acceptance(refuse=False)
            if row.target in (State.NOT_OURS, State.WITH_OFFICIAL)
        ),
        *pieces.correction(),
        *pieces.on_the_spot("予以备案"),
        *pieces.leaving(State.SUBMITTED, State.WITH_OFFICIAL, State.RETURNED, terminable=False),
        *pieces.after_decision("出具备案回执", rejects=False),
        *pieces.afterwards(State.NOT_OURS, back_to=State.WITH_OFFICIAL),
    ),
    WITH_OFFICIAL="等待工作人员核对",
    APPROVED="已备案",
    ISSUED="备案回执已出具",
)

#: Benefits follow their own law or local rule; everywhere: told once, in writing, with reasons.
BENEFIT = pieces.machine(
    Profile.BENEFIT,
    2,
    (
        *pieces.arrival("批准"),
        *pieces.acceptance(),
        *pieces.correction(),
        *pieces.signing("批准", "不予批准"),
        *pieces.more_time(State.WITH_OFFICIAL, *pieces.EXAMINED),
        *pieces.leaving(*_OPEN),
        *pieces.after_decision("登记待遇"),
        *pieces.afterwards(*_REFUSED),
    ),
    APPROVED="已批准",
    REJECTED="不予批准",
    ISSUED="待遇已登记",
)

#: 市场主体登记管理条例 19-21, 实施细则 18-19: a form check; on the spot, else a receipt and three working
#: days; incomplete: handed back, told once, applied for anew. No deemed acceptance.
MARKET_REGISTRATION = pieces.machine(
    Profile.MARKET_REGISTRATION,
    2,
    (
        *pieces.arrival("准予登记"),
        *pieces.acceptance(),
        *pieces.on_the_spot("准予登记", "不予登记"),
        *pieces.handing_back(),
        *pieces.signing("准予登记", "不予登记"),
        *pieces.more_time(State.WITH_OFFICIAL, *pieces.EXAMINED),
        *pieces.leaving(*(state for state in _OPEN if state != State.RETURNED)),
        *pieces.after_decision("制发营业执照"),
        *pieces.afterwards(*_REFUSED, State.HANDED_BACK),
    ),
    APPROVED="准予登记",
    REJECTED="不予登记",
    ISSUED="执照已制作",
)
