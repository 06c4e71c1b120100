"""What requests and grants announce. Subjects: ``data-request:<key>``, ``data-grant:<key>``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yiwang.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementEvent(Event):
    """What each fact about a request carries: both departments and the resource."""

    resource: str
    consumer: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequested(AgreementEvent):
    """Signed by the asking office's head and with the provider; ``due_on``: the answer's last day."""

    name: ClassVar[str] = "agreements.data_requested"
    sharing: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingTold(AgreementEvent):
    """Something is missing; told once, everything."""

    name: ClassVar[str] = "agreements.missing_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSupplied(AgreementEvent):
    """What was missing is there; the clock runs on."""

    name: ClassVar[str] = "agreements.missing_supplied"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LongerAsked(AgreementEvent):
    """The provider asks the sharing authority for more time."""

    name: ClassVar[str] = "agreements.longer_asked"
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LongerConsented(AgreementEvent):
    """The authority consents; who asked for the data is told of the new day."""

    name: ClassVar[str] = "agreements.longer_consented"
    days: int
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LongerDeclined(AgreementEvent):
    """The authority does not consent; the day stays."""

    name: ClassVar[str] = "agreements.longer_declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAgreed(AgreementEvent):
    """The provider's head signed, or a dispute was settled so; ``due_on``: delivered by then."""

    name: ClassVar[str] = "agreements.data_agreed"
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRefused(AgreementEvent):
    """Refused with reasons; ``off_list``: although not on the negative list, which is reported."""

    name: ClassVar[str] = "agreements.data_refused"
    article: str
    off_list: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDelivered(AgreementEvent):
    """The service is there and the grant holds."""

    name: ClassVar[str] = "agreements.data_delivered"
    service: str
    grant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(AgreementEvent):
    """Who asked does not accept the refusal: the two talk."""

    name: ClassVar[str] = "agreements.dispute_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeClimbed(AgreementEvent):
    """No agreement on this step: the next one; ``state``: which."""

    name: ClassVar[str] = "agreements.dispute_climbed"
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(AgreementEvent):
    """The dispute has its end."""

    name: ClassVar[str] = "agreements.dispute_settled"
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWithdrawn(AgreementEvent):
    """Who asked does not want it any more."""

    name: ClassVar[str] = "agreements.request_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLimit(Event):
    """A limit of a request or a grant that is nearly over or over: whose it was, when it was due."""

    matter: str
    division_code: str
    department: str
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementNearlyDue(AgreementLimit):
    """An answer, a delivery or a declaration of what is still held is nearly due."""

    name: ClassVar[str] = "agreements.agreement_nearly_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLate(AgreementLimit):
    """An answer, a delivery or a declaration of what is still held is late."""

    name: ClassVar[str] = "agreements.agreement_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChanged(Event):
    """A grant was made, stopped, went on or ended: both nodes must know."""

    name: ClassVar[str] = "agreements.grant_changed"
    service: str
    consumer_node: str
    provider_node: str
    state: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFact(Event):
    """What a fact about a grant, or what it stands on, carries: both departments."""

    consumer: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationsChanged(GrantFact):
    """Articles a request or a grant stands on say something else since it was written, or are gone."""

    name: ClassVar[str] = "agreements.citations_changed"
    articles: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalRequired(GrantFact):
    """The provider said how the data of an ended grant are to be dealt with."""

    name: ClassVar[str] = "agreements.disposal_required"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalDeclared(GrantFact):
    """The using department declared what it still holds of an ended grant; ``disposal``: what became of it."""

    name: ClassVar[str] = "agreements.disposal_declared"
    disposal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantMisfits(GrantFact):
    """The way of a grant opens another kind of service than its own: every call under it is refused."""

    name: ClassVar[str] = "agreements.grant_misfits"
    way: str
    kind: str
