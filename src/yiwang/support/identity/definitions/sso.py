"""统一身份认证: what a host vouches for at its members' doors, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yiwang.foundation.agreements.definitions import MemberService
from yiwang.foundation.exchange.definitions import ServiceField, ServiceParameter
from yiwang.kernel.refusals import Refusal
from yiwang.support.identity.definitions import SignedIn

PURPOSE: Final = "统一身份认证"
#: From the host's page back to the member's, redeemed there at once.
CODE_LIFE: Final = timedelta(seconds=60)
#: From the member's page to the host's and back: signing in takes its time.
DEPARTURE_LIFE: Final = timedelta(minutes=15)
#: The cookie that binds a way to the host and back to one browser, and where it goes.
DEPARTURE_COOKIE: Final = "yiwang_departure"
DEPARTURE_PATH: Final = "/sign-in/host/"
#: Where the host asks the person, and where its answer is taken, at the registered address alone.
AUTHORIZE_PATH: Final = "/identity/authorize/"
BACK_PATH: Final = "/sign-in/host/back/"
#: How long the member waits for its host.
REDEEM_SECONDS: Final = 5.0

#: How often a member asks whether the consent behind a living session still stands.
ASK_EVERY: Final = timedelta(minutes=2)
#: A host that does not answer: a session goes on so long after its last word (local: true, 本地规定（示例）).
SILENCE: Final = timedelta(minutes=30)
#: How long a person who acts waits for that word, and how many sessions one question names.
STANDING_SECONDS: Final = 2.0
MOST_ASKED: Final = 100

#: The service every member may call (docs/decisions/0351, 0352).
IDENTITY: Final = MemberService(
    name="identity",
    title="统一身份认证（兑换登录）",
    summary="人在主节点登录并同意后，从节点凭一次性登录码取这个人的姓名、公民身份号码和实名等级。",
    purpose=PURPOSE,
    parameters=(
        ServiceParameter("code", "一次性登录码"),
        ServiceParameter("verifier", "发起登录时留下的验证值"),
    ),
    fields=(
        ServiceField("name", "姓名", 3),
        ServiceField("citizen_id", "公民身份号码", 3),
        ServiceField("level", "实名等级", 2),
        ServiceField("raised_level", "核验后的实名等级", 2),
        ServiceField("raised_until", "核验有效到", 2),
    ),
    limit_seconds=REDEEM_SECONDS,
    reply_bytes=4_096,
)

#: Whether what somebody was let in by still stands: digests of codes there and back, nothing about anybody.
STANDING: Final = MemberService(
    name="identity-standing",
    title="统一身份认证（核对同意）",
    summary="从节点问：凭哪些登录码登录的人，现在还同意用主节点的身份。只交登录码的摘要，不交个人信息。",
    purpose=PURPOSE,
    parameters=(ServiceParameter("codes", "登录码的摘要，最多 100 个"),),
    fields=(ServiceField("standing", "仍然同意的登录码摘要", 1),),
    limit_seconds=REDEEM_SECONDS,
    reply_bytes=16_384,
)


@dataclass(frozen=True, slots=True)
class HostDoor:
    """The host of this node, where people with an account there may sign in. ``away``: since when nobody
    there answers, None while it does."""

    code: str
    name: str
    web: str
    away: datetime | None


@dataclass(frozen=True, slots=True)
class Vouching:
    """What the host said for a session: the level, by which code (its digest), and when it last said so."""

    level: int | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """A member's page asks the host to vouch for whom is before it."""

    node: str
    node_name: str
    web: str
    state: str
    challenge: str
    level: int

    @property
    def reference(self) -> str:
        return f"node:{self.node}"


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A member I let the host vouch for me at."""

    key: str
    node: str
    node_name: str
    given_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what it must bring back with the answer."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back and was let in; where he wanted to go; by which tab he left."""

    signed_in: SignedIn
    next: str
    firm: bool


class CannotVouch(Refusal):
    """One text for an unknown, a suspended and a badly asking node: nobody is sent anywhere."""

    status = 404
    sentence = "这个平台现在不能用本平台的身份登录。"
    remedy = "请回到您要办事的平台，用那里自己的账号登录。"


class NeedsConsent(Refusal):
    status = 422
    sentence = "您还没有同意把身份信息交给这个平台。"
    remedy = "请看清交给谁、交什么，同意后再继续。"


class NotAgreed(Refusal):
    status = 422
    sentence = "您没有同意用统一身份登录，什么也没有交出来。"
    remedy = "可以用本平台自己的账号登录。"


class NoHost(Refusal):
    status = 404
    sentence = "这个平台没有接入统一身份认证。"
    remedy = "请用本平台自己的账号登录。"


class HostAway(Refusal):
    """The host does not answer; everything else works on."""

    status = 503
    retry_after_seconds = 60
    sentence = "统一身份认证现在连不上。"
    remedy = "请用本平台自己的账号登录，或者过一会儿再试；不影响已经登录的人。"


class CannotArrive(Refusal):
    """One text for a foreign, an old and a repeated way back, and for a code the host did not take."""

    status = 422
    sentence = "这次统一身份登录没有成功：时间太久了，或者不是从这个浏览器开始的。"
    remedy = "请重新点“用统一身份登录”；一直不行时，用本平台自己的账号登录。"


class SomebodyElse(Refusal):
    status = 409
    sentence = "统一身份认证核验的不是现在登录的这个人。"
    remedy = "请先退出登录，或者换成同一个人再核验。"


class NameDiffers(Refusal):
    status = 409
    sentence = "统一身份认证交来的姓名，和这个平台登记的不一致。"
    remedy = "请带身份证到政务服务大厅窗口核对登记信息，再用统一身份登录。"
