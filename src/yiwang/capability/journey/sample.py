"""The two packs put on the shelf without their law library, and people to apply: for tests."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from yiwang.capability import journey
from yiwang.capability.cases import actions as cases
from yiwang.capability.cases.definitions import Receipt
from yiwang.capability.cases.definitions.flow import table_code
from yiwang.capability.catalogue import actions as catalogue
from yiwang.capability.catalogue.definitions import Item, parse_item
from yiwang.capability.intake import actions as intake
from yiwang.capability.intake import queries as intake_queries
from yiwang.capability.journey import machine as machine_steps
from yiwang.capability.journey import supplying, trusting
from yiwang.capability.materials.definitions import Supply
from yiwang.foundation.libraries import sample as libraries
from yiwang.foundation.libraries.definitions import PersonView
from yiwang.foundation.libraries.queries import find_bank_account, find_citizen_id
from yiwang.kernel.actor import Actor, ActorKind, Grant, Role, machine
from yiwang.kernel.references import new_key
from yiwang.mechanisms.files import actions as files
from yiwang.mechanisms.files import sample as file_samples
from yiwang.mechanisms.files.definitions import Kind
from yiwang.mechanisms.rulings import actions as rulings
from yiwang.support.licences import actions as licences
from yiwang.support.licences import sample as licence_samples
from yiwang.support.messages import actions as messages
from yiwang.support.messages.definitions import parse_pack_notice

PACKS = Path(__file__).parents[4] / "packs" / "services"
ALLOWANCE, BUSINESS = "elderly-allowance", "individual-business"
FOOD, FIRE = "food-business", "fire-safety-check"
PUBLISHER = machine("publisher")


@transaction.atomic
def publish(
    code: str,
    *,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    folder: Path | None = None,
) -> Item:
    """One pack's item (its keys but for ``changes``), form, flow, tables and licence.

    ``folder``: for one that is not on the shelf.
    """
    folder = folder or PACKS / code
    item = parse_item({**_yaml(folder / "item.yaml"), **(changes or {})})
    if not isinstance(item, Item):
        raise ValueError("; ".join(map(str, item)))
    texts = {path.stem: _yaml(path) for path in (folder / "text").glob("*.yaml")}
    version = catalogue.publish_item(
        item=item, texts=texts, approved_by="official:approver", actor=PUBLISHER, at=at
    )
    form, flow = _yaml(folder / "form.yaml"), _yaml(folder / "flow.yaml")
    intake.publish_form(item_code=code, item_version=version, form=form, actor=PUBLISHER, at=at)
    cases.publish_flow(item_code=code, item_version=version, flow=flow, actor=PUBLISHER, at=at)
    for path in sorted((folder / "rules").glob("*.json")):
        if not path.name.endswith(".tests.json"):
            tests = path.with_name(path.stem + ".tests.json")
            rulings.publish_table(
                code=table_code(code, path.stem),
                version=version,
                table=json.loads(path.read_text(encoding="utf-8")),
                tests=json.loads(tests.read_text(encoding="utf-8")),
                at=at,
                actor=PUBLISHER,
            )
    if (folder / "licence.yaml").exists():
        definition = _yaml(folder / "licence.yaml")
        licences.publish_template(definition=definition, version=version, at=at)
    notices = [
        parse_pack_notice(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted((folder / "notices").glob("*.txt"))
    ]
    messages.publish_notices(item_code=code, version=version, notices=notices)
    return item


#: An item of no particular content: for tests of how a procedure runs.
PLAIN = "plain-item"
_PLAIN_ITEM: dict[str, Any] = {
    "code": PLAIN,
    "name": "示例许可",
    "short_name": "示例许可",
    "item_type": "01",
    "profile": "LICENCE",
    "handling_mode": "PLATFORM",
    "case_type": "2",
    "exercise_level": "4",
    "department": "11620102000000019B",
    "department_name": "城关区民政局",
    "division_code": "620102000000",
    "valid_from": date(2026, 1, 1),
    "served": ["1"],
    "forms": ["1", "2"],
    "visits": 0,
    "statutory": {"amount": 20, "unit": "WORKING_DAY", "warn_days": 2},
    "statutory_note": "二十个工作日。",
    "promised": {"amount": 20, "unit": "WORKING_DAY", "warn_days": 2},
    "fee": {"charged": False, "explanation": "不收费"},
    "conditions": [{"key": "any", "text": "谁都可以", "local": True}],
    "questions": [],
    "handling_items": [{"key": "only", "name": "示例许可"}],
    "materials": [],
    "basis": [{"law": "行政许可法", "article": "第十二条", "quote_for": "可以设定行政许可"}],
    "steps": [{"key": "apply", "title": "申请", "who": "您", "note": "在网上填表"}],
    "channels": [{"form": "2", "where": "本页"}, {"form": "1", "where": "窗口"}],
    "contact": {
        "consult": "12345", "complain": "12345", "review": "城关区人民政府", "suit": "人民法院"
    },
    "result": {
        "kind": "LICENCE", "name": "示例证照", "licence": "sample-licence", "explanation": "一年有效"
    },
    "synonyms": [],
}  # fmt: skip
_PLAIN_FORM: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "示例申请表",
    "type": "object",
    "x-steps": [
        {"key": "all", "title": "填表", "fields": ["subject", "old_licence", "until", "delivery"]}
    ],
    "required": ["subject"],
    "properties": {
        "subject": {"type": "string", "title": "名称", "maxLength": 60, "x-why": "写在证上。"},
        "old_licence": {
            "type": "string", "title": "原证编号", "maxLength": 120, "x-why": "要延续哪一张。"
        },
        "until": {
            "type": "string", "format": "date", "title": "到哪一天", "x-why": "写在证上。"
        },
        "delivery": {
            "type": "string",
            "title": "怎么领",
            "enum": ["electronic", "window"],
            "x-labels": {"electronic": "电子", "window": "窗口领取"},
            "x-why": "按您选的方式送。",
        },
    },
}  # fmt: skip
PLAIN_FLOW: dict[str, Any] = {
    "profile": "LICENCE",
    "decide": {
        "within": {"amount": 20, "unit": "WORKING_DAY", "warn_days": 2},
        "basis": "行政许可法 第四十二条",
    },
    "result": {"values": {"name": "answer:subject", "operator": "case:applicant_name"}},
    "approve_basis": [{"law": "行政许可法", "article": "第三十八条"}],
    "reject_basis": [{"law": "行政许可法", "article": "第三十八条"}],
}


@transaction.atomic
def publish_plain(
    *, at: datetime, code: str = PLAIN, said: Mapping[str, Any] | None = None, **flow: Any
) -> Item:
    """An item whose procedure is what the caller wants to see run; ``flow``: keys of flow.yaml.

    ``said``: keys of item.yaml.
    """
    whole = {**PLAIN_FLOW, **flow}
    # an item always keeps its ordinary road; a commitment is a road of its cases
    profile = "LICENCE" if whole["profile"] == "COMMITMENT" else whole["profile"]
    told = {**_PLAIN_ITEM, "code": code, "profile": profile, **(said or {})}
    item = parse_item(told)
    if not isinstance(item, Item):
        raise ValueError("; ".join(map(str, item)))
    version = catalogue.publish_item(
        item=item, texts={}, approved_by="official:approver", actor=PUBLISHER, at=at
    )
    intake.publish_form(
        item_code=code, item_version=version, form=_PLAIN_FORM, actor=PUBLISHER, at=at
    )
    cases.publish_flow(item_code=code, item_version=version, flow=whole, actor=PUBLISHER, at=at)
    template = {**licence_samples.TEMPLATE, "validity_months": 12}
    licences.publish_template(definition=template, version=version, at=at)
    return item


def handed_in(
    actor: Actor,
    *,
    at: datetime,
    code: str = PLAIN,
    questions: Mapping[str, str] | None = None,
    **answers: Any,
) -> Receipt:
    """An application for the plain item, on an official's desk when this returns."""
    whole = {"subject": "示例", **answers}
    receipt = submitted(code, actor, whole, at=at, questions=questions)
    machine_steps.after_submission(case_key=receipt.case_key, actor=PUBLISHER, at=at)
    return receipt


@transaction.atomic
def elder(seed: int = 1, *, at: datetime, born_on: date = date(1943, 5, 6)) -> PersonView:
    """Somebody of 83 with a social card, registered in Chengguan."""
    return libraries.register_person(seed, at=at, born_on=born_on)


def citizen(person: PersonView) -> Actor:
    """The person signed in."""
    return Actor(
        ActorKind.PERSON, person.reference, display_name=person.name_masked, assurance_level=3
    )


def official(item: Item, role: Role = Role.APPROVER, name: str = "zhao") -> Actor:
    """Somebody of the body that handles the item."""
    grant = Grant(role, item.division_code, item.department)
    return Actor(ActorKind.OFFICIAL, f"official:{name}", "赵*", grants=(grant,))


def allowance_answers(person: PersonView) -> dict[str, Any]:
    """What the elder writes."""
    return {
        "by_relative": False,
        "name": person.name,
        "citizen_id": find_citizen_id(person.reference),
        "phone": "13900000001",
        "account_kind": "social-card",
        "account": find_bank_account(person.reference),
    }


def business_answers(person: PersonView, **changes: Any) -> dict[str, Any]:
    """A small shop that can be registered on the spot."""
    return {
        "operator_kind": "mainland",
        "name": person.name,
        "citizen_id": find_citizen_id(person.reference),
        "phone": "13900000003",
        "domicile": "兰州市城关区示例路1号",
        "by_family": False,
        "has_name": True,
        "trade_name": "兰州市城关区福来日用百货店",
        "place_kind": "shop",
        "place_division": "620102001000",
        "place_address": "示例路12号",
        "place_proof": "declaration",
        "industry": "5213",
        "scope_listed": True,
        "scope": ["daily-goods", "prepackaged-food"],
        "delivery": "electronic",
        **changes,
    }


def food_answers(**changes: Any) -> dict[str, Any]:
    """A small restaurant without cold dishes."""
    return {
        "act": "new",
        "kind": "catering",
        "raw": "no-raw",
        "scope": ["hot"],
        "place_kind": "shop",
        "place_division": "620102001000",
        "place_address": "示例路 12 号",
        "area": 80,
        "seats": 30,
        "in_charge": "马晓燕",
        "manager": "马晓燕",
        "manager_kind": "part",
        "phone": "13900000003",
        "delivery": "electronic",
        **changes,
    }


def fire_answers(**changes: Any) -> dict[str, Any]:
    """A restaurant large enough for the check, on the road of a commitment."""
    return {
        "place_name": "示例饭店",
        "place_use": "restaurant",
        "place_division": "620102001000",
        "place_address": "示例路 12 号",
        "size": "large",
        "area": 500,
        "floors": "地上 1 到 2 层",
        "system": "simple",
        "in_charge": "马晓燕",
        "manager": "马晓燕",
        "phone": "13900000003",
        "road": "promise",
        "delivery": "electronic",
        **changes,
    }


def prepared(
    code: str,
    actor: Actor,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    questions: Mapping[str, str] | None = None,
    late: Collection[str] = (),
) -> str:
    """A draft with answers and papers (those of ``late`` come later), signed where something is promised."""
    key = filled(code, actor, answers, at=at, questions=questions)
    supplying.fetch_materials(draft_key=key, actor=actor, at=at)
    supplied(key, actor, at=at, late=late)
    signed(key, actor, at=at)
    return key


def supplied(key: str, actor: Actor, *, at: datetime, late: Collection[str] = ()) -> None:
    """Every paper that is missing is handed in; those of ``late`` come later."""
    for view in supplying.list_supplied(intake_queries.get_draft(key, actor)):
        if view.supply is Supply.MISSING and view.material in late:
            supplying.promise_material(draft_key=key, material=view.material, actor=actor, at=at)
        elif view.supply is Supply.MISSING:
            supplying.upload_material(
                draft_key=key,
                material=view.material,
                stored=files.store(
                    data=file_samples.content(Kind.PDF),
                    filename=f"{view.name}.pdf",
                    actor=actor,
                    at=at,
                ),
                actor=actor,
                at=at,
            )


def signed(key: str, actor: Actor, *, at: datetime) -> None:
    """Every undertaking of the draft, each sentence ticked."""
    for one in trusting.list_papers(intake_queries.get_draft(key, actor)):
        agreed = [ticked.key for ticked in one.paper.declared]
        trusting.sign(
            draft_key=key, kind=one.paper.kind, digest=one.digest, agreed=agreed, actor=actor, at=at
        )


def applied(
    code: str,
    actor: Actor,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    questions: Mapping[str, str] | None = None,
    late: Collection[str] = (),
) -> Receipt:
    """Handed in with its papers; what happens by itself has happened."""
    key = prepared(code, actor, answers, at=at, questions=questions, late=late)
    receipt = journey.submit(draft_key=key, idempotency_key=new_key(), actor=actor, at=at)
    machine_steps.after_submission(case_key=receipt.case_key, actor=PUBLISHER, at=at)
    return receipt


def filled(
    code: str,
    actor: Actor,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    questions: Mapping[str, str] | None = None,
) -> str:
    """A draft with all its answers; its key."""
    draft = journey.start(item_code=code, actor=actor, at=at, questions=questions)
    draft = journey.answer(
        draft_key=draft.key, answers=answers, version=draft.version, actor=actor, at=at
    )
    return draft.key


def submitted(
    code: str,
    actor: Actor,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    questions: Mapping[str, str] | None = None,
    by_person: bool = False,
) -> Receipt:
    """An application handed in."""
    key = filled(code, actor, answers, at=at, questions=questions)
    return journey.submit(
        draft_key=key, idempotency_key=new_key(), actor=actor, at=at, by_person=by_person
    )


def _yaml(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
