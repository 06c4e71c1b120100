"""One object of every kind for one owner. A new kind of object gets a maker here.

``SWEEP_OBJECTS`` maps what a route calls its parameter (``case_key``), or the word before it in the
address (``cases``), to a kind; a parameter that is in neither table fails the sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from yiwang.applications import actions as applications
from yiwang.capability.cases import actions as case_actions
from yiwang.capability.cases import sample as cases
from yiwang.capability.cases.definitions.work import WorkFilter
from yiwang.capability.entitlements import actions as entitlements
from yiwang.capability.intake import queries as intake
from yiwang.capability.reviews import actions as reviews
from yiwang.foundation.laws import actions as laws
from yiwang.governance.supervision import actions as supervision
from yiwang.governance.supervision import queries as supervision_queries
from yiwang.governance.supervision.definitions import Colour
from yiwang.kernel.actor import CASE_STAFF, Actor, ActorKind, Grant, PowerAct, Role, machine
from yiwang.kernel.moments import legal_date
from yiwang.kernel.references import new_key
from yiwang.network.directory import sample as places
from yiwang.project.sweep import (
    acting,
    archives,
    calls,
    data,
    duties,
    following,
    hall,
    integrating,
    jointly,
    looks,
    promises,
    sharing,
    sources,
    uploads,
)
from yiwang.project.sweep.definitions import Estate, Maker, Thing
from yiwang.support.identity import actions as identity
from yiwang.support.identity import queries as identity_queries
from yiwang.support.identity import sample as accounts
from yiwang.support.letters import actions as letters
from yiwang.support.letters.definitions import LetterKind
from yiwang.support.licences import actions as licences
from yiwang.support.licences import sample as licence_samples
from yiwang.support.licences.definitions import LicenceView
from yiwang.support.messages import actions as messages

SWEEP_OBJECTS: Final[dict[str, str]] = {
    "case_key": "case",
    "cases": "case",
    "drafts": "draft",
    "draft_key": "draft",
    "licences": "licence",
    "licence_key": "licence",
    "letters": "letter",
    "letter_key": "letter",
    "messages": "message",
    "message_key": "message",
    "files": "file",
    "file_key": "file",
    "materials": "file",
    "rectifications": "rectification",
    "token_key": "token",
    "session_key": "session",
    "passkey_key": "passkey",
    "consent_key": "consent",
    "phrase_key": "phrase",
    "filter_key": "filter",
    "card_key": "card",
    "cards": "card",
    "v": "verify_code",
    "order_key": "rectification",
    "entitlements": "entitlement",
    "grant_key": "entitlement",
    "list_key": "monthly_list",
    "branches": "branch",
    "branch_key": "branch",
    "branch_material": "branch_material",
    "branch_file": "branch_file",
    "visits": "visit",
    "visit_key": "visit",
    "photograph": "photograph",
    "talks": "case",
    "remark_key": "remark",
    "remark_file": "remark_file",
    "late": "tolerance",
    "tolerance_key": "tolerance",
    "commitments": "commitment",
    "commitment_key": "commitment",
    "breaches": "breach",
    "breach_key": "breach",
    "entry_key": "register_entry",
    "shelf": "shelf",
    "shelf_key": "shelf",
    "originals": "original",
    "original_key": "original",
    "package_key": "archive",
    "batch_key": "archive_list",
    "archives": "archive",
    "lists": "archive_list",
    "bags": "bag",
    "bag_key": "bag",
    "{register_kind}": "register_entry",
    "vault": "case",
    "hall_key": "hall",
    "ticket_key": "ticket",
    "counter_key": "counter",
    "turn_key": "turn",
    "consultation_key": "consultation",
    "step_key": "step",
    "step": "step",
    "mandate_key": "mandate",
    "paper_key": "paper",
    "post_key": "post",
    "role_grant": "grant",
    "stand_in_key": "stand_in",
    "account_key": "account",
    "resource_key": "resource",
    "resource_version": "resource_version",
    "standard_version": "standard_version",
    "catalogue_change": "catalogue_change",
    "open_resource": "open_resource",
    "request_key": "data_request",
    "agreement_key": "data_grant",
    "upper_request": "upper_item",
    "correction_key": "correction",
    "correction_copy": "correction_copy",
    "look_key": "look",
    "enquiry_key": "enquiry",
    "source_key": "data_source",
    "query_key": "data_query",
    "drop_key": "data_drop",
    "copy_key": "table_copy",
    "table_finding": "table_finding",
    "system_key": "exchange_system",
    "exchange_key": "exchange_key",
    "subscription_key": "subscription",
    "dead_letter": "dead_letter",
}
_ITEM: Final = uploads.ITEM
#: Pages that exist only in one state of a thing the sweep does not bring about: 404 is right, or 409
#: for a clerk who sits at no window and for a proof of what no signed checkpoint reaches yet (one
#: written here would outlive, outside the database, the transaction the sweep takes back).
ONLY_IN_A_STATE: Final = promises.ONLY_IN_A_STATE | {
    "/my/cases/{key}/correct/",
    "/my/drafts/{key}/receipt/",
    "/my/cases/{key}/proof/",
    "/my/reads/proof/",
    "/identity/authorize/",
    "/data/elements/{element_code}/withdraw/",  # those that were shipped are not withdrawn
    "/data/code-tables/{code_table}/withdraw/",
    "/desk/archives/lists/{batch_key}/document/",
    "/desk/branches/{branch_key}/ask-again/",
    "/desk/branches/{branch_key}/close/",
    "/desk/visits/{visit_key}/skip/",
    "/api/v1/hall/shift",
    "/console/exchange/receipt/",
    "/api/v1/hall/queue",
    "/api/v1/hall/days/{on}",
}
#: Pages that stand for an act: what a mandate must allow there.
NEEDS: Final = {
    "/my/cases/{key}/withdraw/": PowerAct.APPLY,
    "/my/cases/{key}/ask-person/": PowerAct.APPLY,
    "/my/cases/{key}/result/": PowerAct.RECEIVE,
}
#: Operators' things, opened by role alone: none is made, 404 is a right answer to who may come in.
ABSENT: Final = "999999999"
#: Parameters that name something public or no object at all, with a value that exists.
SWEEP_VALUES: Final[dict[str, str]] = {
    "element_code": "person.name",
    "code_table": "sex",
    "items": _ITEM,
    "item_code": _ITEM,
    "act": "accept",
    "field": "proof",
    "material": "proof",
    "kind": "COMMITMENT",
    "register_kind": "REFUSAL",
    "on": "2026-03-02",
    "version_act": "submit",
    "standard_act": "submit",
    "correction_answer": "correct",
    "query_act": "stop",
    "drop_act": "take",
    "copy_act": "pause",
    "exchange_node": settings.NODE,
    "service_name": integrating.SERVICE,
    "key_act": "renew",
    "subscription_act": "go-on",
    "letter_act": "again",
    "parked": ABSENT,
    "recovery_key": ABSENT,
    "network_key": ABSENT,
    "upper_key": ABSENT,
    "node_code": ABSENT,
    "node_request": ABSENT,
    "seal_permit": ABSENT,
    "node_act": "resume",
    "jobs": ABSENT,
    "job": ABSENT,
}


#: What a public page is asked, where it answers nothing without a question.
SWEEP_QUERIES: Final[dict[str, str]] = {
    "/api/v1/search": "?q=津贴",
    "/api/v1/hall/days/{on}": f"?hall={calls.NO_SUCH_KEY}",
    "/laws/law/": "?title=老年人权益保障法",
}
_LETTER_VALUES: Final = {
    "item_name": "权限检查",
    "case_no": "0",
    "addressee": "权**",
    "body": "城关区民政局（示例）",
    "received_at": "今天",
}
_DESK: Final = frozenset(CASE_STAFF)


def prepare_shelf(*, at: datetime) -> None:
    """What the objects stand on: places, departments, laws, and a published pack."""
    places.load_lanzhou()
    places.register_departments()
    laws.import_shipped(actor=machine("sweep"), at=at)
    applications.publish(
        folder=settings.PACKS / "services" / _ITEM,
        approved_by="machine:sweep-approver",
        actor=machine("sweep"),
        at=at,
    )
    promises.prepare(at=at)
    sharing.prepare(at=at)
    integrating.prepare(at=at)


def make_case(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A case just handed in, with a letter about it and a licence from it."""
    case = cases.opened(
        owner,
        at=at,
        department=department,
        division_code=places.CHENGGUAN,
        item_code=_ITEM,
        applicant_name="权限检查专用申请人" + owner.applicant[-4:],
    )
    letter = letters.request_letter(
        kind=LetterKind.RECEIPT,
        subject=case.reference,
        template="",
        values=_LETTER_VALUES,
        at=at,
        actor=owner,
    )
    review = reviews.give_review(
        case_key=case.key, handling="", level=5, text="权限检查", actor=owner, at=at
    )
    thing = Thing(case.key, owner.applicant, places.CHENGGUAN, department, _DESK, item=_ITEM)
    licence = _issue(case.reference, owner, department, at)
    return {
        "case": thing,
        "letter": replace(thing, key=letter.key),
        "licence": replace(thing, key=licence.key, needs=PowerAct.RECEIVE),
        "rectification": replace(thing, key=review.rectification, own=True),
        **jointly.make_remark(case.key, thing, owner=owner, at=at),
        "file": replace(thing, key=uploads.upload(case.reference, owner, at)),
        "verify_code": Thing(licence.verify_code, public=True),
        **promises.make(case=case.reference, owner=owner, department=department, at=at),
    }


def _issue(case: str, owner: Actor, department: str, at: datetime) -> LicenceView:
    licence_samples.publish(at)
    return licences.issue(
        case=case,
        template="sample-licence",
        holder=owner.applicant,
        holder_name="权限检查专用持证人",
        values={"name": "权限检查", "operator": "权限检查"},
        valid_from=legal_date(at),
        valid_until=None,
        at=at,
        actor=machine("sweep"),
        issuer=department,
        issuer_name="城关区民政局（示例）",
        division_code=places.CHENGGUAN,
        item_code=_ITEM,
    )


def make_draft(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A draft: its owner's alone until it is handed in."""
    del department
    draft = uploads.draft(owner, at)
    step = intake.get_form(draft.item_code, draft.item_version).steps[0].key
    return {
        "draft": Thing(
            draft.key, owner=owner.applicant, item=draft.item_code, needs=PowerAct.APPLY
        ),
        "step": Thing(step, public=True),
    }


def make_token(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A token of the owner as a person: the account's own, whomever it acts for."""
    del department
    issued = identity.issue_token(
        name="权限检查",
        scopes=["messages:read"],
        expires_at=at + timedelta(days=1),
        actor=owner,
        at=at,
    )
    return {"token": Thing(issued.key, owner=owner.reference, of_person=True)}


def make_security(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """Another sign-in, a passkey and a word to another node of the owner: the account's own, whomever it
    acts for."""
    del department
    token = accounts.session_token(owner.reference, at=at, on_behalf_of=owner.on_behalf_of)
    session = identity_queries.find_session(token, at=at)
    if session is None:
        raise LookupError(owner.reference)
    mine = Thing("", owner=owner.reference, of_person=True)
    passkey = accounts.give_passkey(owner.reference, at=at)
    consent = accounts.give_consent(owner.reference, at=at)
    return {
        "session": replace(mine, key=session.key),
        "passkey": replace(mine, key=passkey),
        "consent": replace(mine, key=consent),
    }


def make_entitlement(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A benefit the owner draws."""
    granted = entitlements.grant(
        case=f"case:{new_key()}",
        person=owner.applicant,
        benefit="elderly-allowance",
        benefit_name="高龄津贴",
        monthly_fen=6000,
        starts_on=legal_date(at).replace(day=1),
        division_code=places.CHENGGUAN,
        department=department,
        account="6217000000000000417",
        account_name="权限检查",
        at=at,
        actor=machine("sweep"),
    )
    thing = Thing(granted.key, owner.applicant, places.CHENGGUAN, department, _DESK)
    return {"entitlement": thing, "monthly_list": _close_month(department, at)}


def _close_month(department: str, at: datetime) -> Thing:
    """This month's list of the body: it names many people, only those who decide there see it."""
    grant = Grant(Role.APPROVER, places.CHENGGUAN, department)
    official = Actor(ActorKind.OFFICIAL, "official:sweep", grants=(grant,))
    today = legal_date(at)
    closed = entitlements.close_month(today.year, today.month, at=at, actor=official)
    deciders = frozenset({Role.APPROVER})
    return Thing(closed[0].key, "", places.CHENGGUAN, department, deciders)


def make_message(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A message to the owner: nobody else's business, officials included."""
    told = messages.tell(
        recipient=owner.applicant,
        template="announcement",
        values={"title": "给您的消息", "text": f"只有收件人能看：{owner.applicant}"},
        subject=owner.applicant,
        at=at,
    )
    return {"message": Thing(told.key, owner=owner.applicant, own=True)}


def make_phrase(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A phrase and a filter an official keeps: nobody else's, colleagues of his body included."""
    del owner
    grant = Grant(Role.APPROVER, places.CHENGGUAN, department)
    keeper = Actor(ActorKind.OFFICIAL, "official:sweep", grants=(grant,))
    key = case_actions.keep_phrase(text="权限检查专用短语", actor=keeper, at=at)
    kept = case_actions.keep_filter(
        name="权限检查专用筛选", filter=WorkFilter(), actor=keeper, at=at
    )
    mine = Thing(key, owner=keeper.reference)
    return {"phrase": mine, "filter": replace(mine, key=kept)}


def make_card(*, owner: Actor, department: str, at: datetime) -> Mapping[str, Thing]:
    """A red card of the body: for its officials and its leaders, no citizen's."""
    subject = f"case:{new_key()}"
    supervision.issue(
        colour=Colour.RED,
        subject=subject,
        matter="decide",
        division_code=places.CHENGGUAN,
        department=department,
        due_on=legal_date(at),
        at=at,
    )
    del owner
    watcher = Actor(
        ActorKind.OFFICIAL,
        "official:sweep",
        grants=(Grant(Role.LEADER, places.CHENGGUAN, None),),
    )
    key = next(
        one.key for one in supervision_queries.list_cards(watcher).rows if one.subject == subject
    )
    return {"card": Thing(key, "", places.CHENGGUAN, department, _DESK | {Role.LEADER})}


MAKERS: Final[tuple[Maker, ...]] = (
    make_phrase,
    make_card,
    make_message,
    make_case,
    make_draft,
    make_entitlement,
    make_token,
    make_security,
    jointly.make_branch,
    jointly.make_visit,
    hall.make_turn,
    following.make_register_entry,
    acting.make_mandate,
    duties.make_duties,
    following.make_papers,
    archives.make_archive,
    data.make_resource,
    sharing.make_agreements,
    sharing.make_upper,
    sharing.make_subscription,
    looks.make_looks,
    data.make_correction,
    sources.make_source,
    integrating.make_system,
)


def make_estate(*, owner: Actor, department: str, at: datetime) -> Estate:
    """Everything one owner has."""
    things: dict[str, Thing] = {}
    for make in MAKERS:
        things |= make(owner=owner, department=department, at=at)
    return Estate(owner.applicant, things)


def kind_of(template: str, parameter: str) -> str | None:
    """What kind of object a route's parameter opens; None when no table knows it."""
    if parameter in SWEEP_VALUES:
        return None
    before = template.partition("{" + parameter + "}")[0].rstrip("/").rpartition("/")[2]
    return SWEEP_OBJECTS.get(parameter) or SWEEP_OBJECTS.get(before)


def value_of(template: str, parameter: str) -> str | None:
    """The value of a parameter that names nothing private; None when no table knows it."""
    before = template.partition("{" + parameter + "}")[0].rstrip("/").rpartition("/")[2]
    return SWEEP_VALUES.get(parameter) or SWEEP_VALUES.get(before)
