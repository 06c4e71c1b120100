"""Accounts and how one proves to be oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from yiwang.kernel.actor import Actor, Role
from yiwang.kernel.refusals import Refusal


class AccountKind(StrEnum):
    """Persons and officials never share an account, even when it is the same human being."""

    PERSON = "PERSON"
    OFFICIAL = "OFFICIAL"


class LoginForm(StrEnum):
    """What people type as their account."""

    CITIZEN_ID = "CITIZEN_ID"
    PHONE = "PHONE"
    USER_NAME = "USER_NAME"


class Method(StrEnum):
    """How somebody signed in."""

    PASSWORD = "PASSWORD"  # noqa: S105 -- a method, not a secret
    CODE = "CODE"
    PASSWORD_AND_TOTP = "PASSWORD_AND_TOTP"  # noqa: S105 -- same
    PASSWORD_AND_SPARE = "PASSWORD_AND_SPARE"  # noqa: S105 -- same
    PASSKEY = "PASSKEY"
    PASSWORD_AND_PASSKEY = "PASSWORD_AND_PASSKEY"  # noqa: S105 -- same
    RECOVERY = "RECOVERY"
    HOST = "HOST"  # the host of this node vouched for him


#: The cookie that holds a session's secret.
COOKIE = "yiwang_session"
#: The cookie by which a device is known again, and how long.
DEVICE_COOKIE = "yiwang_device"
DEVICE_LIFE = timedelta(days=180)

#: A session without a request for this long is over (reliability 9).
IDLE = {
    AccountKind.OFFICIAL: timedelta(minutes=15),
    AccountKind.PERSON: timedelta(minutes=30),
}
#: No session lives longer than a working day, however busy.
LONGEST_SESSION = timedelta(hours=12)
#: How often a living session notes that it was seen.
TOUCH_EVERY = timedelta(seconds=60)

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
CODE_PAUSE = timedelta(seconds=60)
CODES_PER_PHONE_AND_DAY = 10
CODES_PER_ADDRESS_AND_DAY = 100
CODES_PER_HALL_AND_DAY = 5_000

#: E-mail is slower than a short message.
EMAIL_CODE_LIFE = timedelta(minutes=30)

#: After so many failures each further one costs a wait, from the first to the longest.
FAILURES_BEFORE_LOCK = 5
FAILURES_PER_ADDRESS_BEFORE_LOCK = 50
FAILURES_PER_HALL_BEFORE_PAUSE = 200
FAILURE_WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=1)
LOCK_TIME = timedelta(minutes=15)
#: A whole hall is slowed down, never locked.
HALL_PAUSE = timedelta(seconds=5)

LONGEST_GRANT = timedelta(days=366)

ROLE_LABELS = {
    Role.WINDOW_CLERK: "窗口人员",
    Role.HANDLER: "承办人",
    Role.REVIEWER: "审核人",
    Role.APPROVER: "审批人",
    Role.HEAD: "单位负责人",
    Role.LEADER: "领导",
    Role.LOCAL_ADMIN: "本地管理员",
    Role.ITEM_ADMIN: "事项管理员",
    Role.OPERATOR: "运维",
    Role.AUDITOR: "审计管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.DATA_OFFICER: "数据专员",
    Role.DATA_AUTHORITY: "数据共享主管部门",
}

ASSURANCE_LABELS = {
    0: "未登录",
    2: "二级（已注册）",
    3: "三级（姓名和证件号一致）",
    4: "四级（实人实名）",
    5: "五级（证书或窗口核验）",
}

#: What an API token may be allowed, one by one.
SCOPES = {
    "items:read": "查看事项和办事指南",
    "cases:read": "查看自己的办件",
    "cases:write": "提交和办理自己的办件",
    "drafts:read": "查看自己的草稿",
    "drafts:write": "填写和修改自己的草稿",
    "files:read": "下载自己的文件",
    "files:write": "上传文件",
    "licences:read": "查看自己的证照",
    "messages:read": "查看自己的消息",
    "messages:write": "把消息标为已读",
    "mandates:read": "查看自己的授权",
    "mandates:write": "请人授权、接受和撤回授权",
    "reviews:read": "查看评价和整改进展",
    "reviews:write": "评价办理过程",
    "entitlements:write": "更换自己待遇的收款账户",
    "data:read": "查看数据资源目录、清单和共享申请",
    "data:write": "编制、报送和发布数据资源目录，办理共享申请，答复数据纠错",
    "desk:read": "查看本部门待办",
    "desk:write": "受理、退回和决定",
    "studio:read": "查看事项配置",
    "studio:write": "维护事项",
    "local:read": "查看本地人员、岗位和代理",
    "local:write": "管理本地人员、岗位、代理、大厅时间和事项开关",
    "console:read": "查看运行状况",
    "console:write": "处理卡住的工作",
    "profile:read": "查看自己的登记信息",
}


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account as others may see it."""

    key: str
    kind: AccountKind
    subject: str
    display_name: str
    user_name: str | None
    assurance_level: int
    active: bool
    has_second_factor: bool
    department: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from: the address, the device's own cookie, what the browser says it is."""

    address: str
    device: str = ""
    agent: str = ""


NOWHERE = Origin("")


@dataclass(frozen=True, slots=True)
class Colleague:
    """An official of one body, for choosing who is sent; ``person``: the same human as a citizen."""

    reference: str
    name: str
    person: str


@dataclass(frozen=True, slots=True)
class Session:
    """A living sign-in: who it is, and the name of the session inside the house."""

    key: str
    actor: Actor
    seen_at: datetime
    vouched_at: datetime | None = None  # when the host last stood by it; None: not by the host


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the entrance needs after a sign-in: ``token`` goes into the cookie and nowhere else.

    ``device``: what the device's cookie says from now on; "" leaves it as it is.
    """

    token: str
    actor: Actor
    max_age: int
    device: str = ""


@dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """The password was right; a number or a passkey must follow. ``account``: the account's key."""

    account: str
    epoch: int


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A fresh API token: ``token`` is the secret, shown once."""

    key: str
    token: str


@dataclass(frozen=True, slots=True)
class GrantView:
    """A role or a post given to an account: where, until when, by whom, confirmed by whom.

    ``post``: its key, "" when a single role was given.
    """

    key: str
    account: str
    roles: tuple[Role, ...]
    division_code: str
    department: str | None
    valid_from: datetime
    valid_until: datetime
    granted_by: str
    confirmed_by: str | None
    revoked_at: datetime | None
    post: str = ""
    post_name: str = ""


@dataclass(frozen=True, slots=True)
class StandingGrant:
    """A role or post that counts or waits to be confirmed, with the official who has it.

    ``role_label``: the post's name and what comes with it. ``position`` is given back as ``after`` for the next page of a list.
    ``settles``: who looks may confirm and end it.
    """

    grant: GrantView
    subject: str
    display_name: str
    user_name: str | None
    role_label: str
    position: str
    settles: bool = True


@dataclass(frozen=True, slots=True)
class TokenView:
    """One API token: never the secret itself."""

    key: str
    name: str
    scopes: frozenset[str]
    expires_at: datetime
    revoked_at: datetime | None


class CannotSignIn(Refusal):
    """One text for a wrong password and for an account that does not exist."""

    status = 401
    sentence = "账号或密码不正确。"
    remedy = "请核对后再试；忘记密码可以用短信验证码登录。"


class TooManyTries(Refusal):
    """Slowed down: ``retry_after_seconds`` says for how long."""

    status = 429
    sentence = "试的次数太多了，暂时不能登录。"
    remedy = "请过一会儿再试，最多等 15 分钟；也可以到政务服务大厅窗口办理。"
    retry_after_seconds = 900


class CannotOpenAccount(Refusal):
    sentence = "这个人、手机号或用户名已经有账号了。"
    remedy = "请直接登录。"


class CannotConfirm(Refusal):
    sentence = "这项授权已经处理过了。"
    remedy = "请刷新后查看。"
