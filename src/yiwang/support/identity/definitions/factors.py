"""Passkeys, raising a session for a weighty matter, and finding the way back in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from yiwang.kernel.actor import Role
from yiwang.kernel.refusals import FieldProblem, NotAllowed, Refusal
from yiwang.support.identity.definitions import ASSURANCE_LABELS, AccountKind

#: A passkey must answer within this time, and each question once.
CHALLENGE_LIFE = timedelta(minutes=5)
MOST_PASSKEYS = 10
LONGEST_ANSWER = 20_000
#: How many spare codes an official gets at once.
SPARE_CODES = 10
#: A raised session falls back after this time.
RAISED_FOR = timedelta(minutes=30)
#: Who changes his own keys must have proved himself this recently.
FRESH_FOR = timedelta(minutes=15)
#: The code handed out after a recovery was confirmed is good for a day.
RECOVERY_LIFE = timedelta(hours=24)
#: Who may ask for and confirm a recovery, by whose account it is.
RECOVERY_ROLES: Mapping[AccountKind, tuple[Role, ...]] = {
    AccountKind.PERSON: (Role.WINDOW_CLERK, Role.HEAD, Role.SECURITY_ADMIN),
    AccountKind.OFFICIAL: (Role.SECURITY_ADMIN,),
}


class Ceremony(StrEnum):
    """What a passkey is asked for; an answer to one question is none to another."""

    REGISTER = "REGISTER"
    SIGN_IN = "SIGN_IN"
    SECOND_FACTOR = "SECOND_FACTOR"
    STEP_UP = "STEP_UP"


class Proof(StrEnum):
    """How a signed-in person proves once more to be himself."""

    PASSWORD = "PASSWORD"  # noqa: S105 -- a way, not a secret
    TOTP = "TOTP"
    CODE_AND_ID = "CODE_AND_ID"
    PASSKEY = "PASSKEY"
    FACE = "FACE"
    HOST = "HOST"  # at the host of this node, by its own ways


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question to a passkey: ``options`` for the browser; ``state`` comes back with the answer."""

    state: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey as its owner sees it. ``synced``: also on his other devices."""

    key: str
    name: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepUpView:
    """What a session is now, what is asked, and the proofs that would reach it."""

    level: int
    wanted: int
    fresh: bool
    proofs: tuple[Proof, ...]
    phone_masked: str
    face_label: str
    face_simulated: bool
    host_name: str = ""  # whose 统一身份认证 may be asked, "" when nobody's


@dataclass(frozen=True, slots=True)
class RecoveryView:
    """One recovery that waits for its second person or was settled."""

    key: str
    kind: AccountKind
    display_name: str
    user_name: str | None
    reason: str
    asked_by: str
    asked_at: datetime
    confirmed_by: str | None
    position: str


class FaceCheck(Protocol):
    """The port to a real-person check; ``settings.FACE_DRIVER`` names the class."""

    label: str
    simulated: bool

    def passes(self, *, person: str, given: str) -> bool:
        """Is the living person before the camera this registered one? ``given``: what the page got."""
        ...


class NeedsStepUp(NotAllowed):
    """The matter asks for more certainty than this session carries; ``level`` says how much."""

    sentence = "办这件事要先核验身份。"
    remedy = "请在网页上登录后核验身份，再回来办。"

    def __init__(self, level: int = 2, *, fresh: bool = False) -> None:
        self.level, self.fresh = level, fresh
        label = ASSURANCE_LABELS.get(level, "")
        sentence = (
            "改动登录方式前，请再核验一次身份。" if fresh else f"办这件事要求实名等级{label}。"
        )
        remedy = "请在网页上登录后核验身份（/step-up/），再回来办；接口令牌不能代替本人核验。"
        super().__init__(
            sentence, remedy, fields=[FieldProblem("assurance", str(level), "请先核验身份。")]
        )


class CannotUsePasskey(Refusal):
    """One text for an unknown passkey, a wrong answer, an old question and a used one."""

    status = 401
    sentence = "通行密钥没有通过核对。"
    remedy = "请再试一次，或者换一种方式登录。"


class CannotChangePasskeys(Refusal):
    sentence = "这个账号只剩这一种登录方式了，不能删除。"
    remedy = "请先添加另一种登录方式，再删除它。"


class CannotStepUp(Refusal):
    """One text for every proof that did not hold."""

    status = 422
    sentence = "没有通过核验。"
    remedy = "请核对后再试，或换一种核验方式。"


class CannotMakeSpareCodes(Refusal):
    sentence = "还没有登记第二步，用不着备用码。"
    remedy = "请先登记动态口令，或者添加通行密钥。"


class CannotRecover(Refusal):
    sentence = "这次找回现在不能这样处理。"
    remedy = "请刷新后查看，或重新提出。"


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A secret for a device that shows numbers: to be scanned, or typed; ``state`` goes back with it."""

    secret: str
    picture: str  # a data: address
    state: str

    @property
    def spaced(self) -> str:
        """The secret as it is typed: four signs at a time."""
        return " ".join(self.secret[i : i + 4] for i in range(0, len(self.secret), 4))


class CannotEnrol(Refusal):
    sentence = "这个二维码已经过期，或者是别的登录生成的。"
    remedy = "请重新打开登记页，扫新的二维码。"
    status = 409
