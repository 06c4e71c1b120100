"""A form with every kind of question and good answers to it: for tests and the pattern page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiwang.capability.intake import actions
from yiwang.capability.intake.definitions import DraftView, Form
from yiwang.kernel.actor import Actor

ITEM_CODE = "every-kind"

_STEPS = [
    {
        "key": "person",
        "title": "您是谁",
        "fields": ["name", "citizen_id", "phone", "born_on", "by_relative", "relative"],
    },
    {
        "key": "shop",
        "title": "开什么店",
        "fields": [
            "shop_name", "firm", "old_licence", "trade", "place", "address", "area", "opens_on", "closes_on",
            "form_kind", "goods", "other_goods", "members",
        ],
    },
    {"key": "money", "title": "钱打到哪里", "fields": ["account", "note", "proof"]},
]  # fmt: skip


def sample_document() -> dict[str, Any]:
    """The form file, as plain data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "各种问题的样表",
        "type": "object",
        "x-steps": _STEPS,
        "required": [
            "name", "citizen_id", "phone", "by_relative", "relative", "shop_name", "place",
            "area", "form_kind", "other_goods", "account",
        ],
        "properties": {**_person(), **_shop(), **_money()},
    }  # fmt: skip


def _person() -> dict[str, Any]:
    return {
        "name": {
            "type": "string", "title": "姓名", "maxLength": 60, "x-prefill": "sample.name",
            "x-why": "和户口登记核对。", "x-autocomplete": "name",
        },
        "citizen_id": {
            "type": "string", "title": "身份证号", "x-kind": "citizen-id",
            "x-prefill": "sample.citizen_id", "x-why": "用它查年龄和户籍。",
        },
        "phone": {
            "type": "string", "title": "手机号", "x-kind": "phone", "x-why": "有进展时发短信。",
            "x-autocomplete": "tel",
        },
        "born_on": {"type": "string", "title": "出生日期", "format": "date", "x-latest": "today"},
        "by_relative": {"type": "boolean", "title": "是家里人替老人办吗？"},
        "relative": {
            "type": "object", "title": "代办人", "x-kind": "person",
            "x-show-when": {"field": "by_relative", "equals": True},
        },
    }  # fmt: skip


def _shop() -> dict[str, Any]:
    goods = {"food": "食品", "tea": "茶", "other": "其他"}
    return {
        "shop_name": {"type": "string", "title": "店名", "maxLength": 30, "x-help": "可以不起名。"},
        "firm": {"type": "object", "title": "供货单位", "x-kind": "organization"},
        "old_licence": {
            "type": "string", "title": "原来的证", "x-kind": "licence",
            "x-licence": "sample-licence",
        },
        "trade": {"type": "string", "title": "行业", "x-kind": "industry"},
        "place": {
            "type": "string", "title": "店在哪里", "x-kind": "division", "x-level": 3,
            "x-root": "620000000000",
        },
        "address": {"type": "string", "title": "门牌", "x-kind": "long-text"},
        "area": {
            "type": "number", "title": "面积", "minimum": 1, "maximum": 500, "x-unit": "平方米",
        },
        "opens_on": {"type": "string", "title": "开业日期", "format": "date",
                     "x-earliest": "today"},
        "closes_on": {"type": "string", "title": "停业日期", "format": "date",
                      "x-earliest": "opens_on"},
        "form_kind": {
            "type": "string", "title": "谁来经营", "enum": ["single", "family"],
            "x-labels": {"single": "一个人", "family": "一家人"},
        },
        "goods": {
            "type": "array", "title": "卖什么", "x-kind": "choices",
            "items": {"enum": list(goods)}, "x-labels": goods,
        },
        "other_goods": {
            "type": "string", "title": "其他卖的是什么",
            "x-show-when": {"field": "goods", "in": ["other"]},
        },
        "members": {
            "type": "array", "title": "一起经营的家里人", "x-kind": "group",
            "x-row-name": "家里人", "maxItems": 3,
            "x-show-when": {"field": "form_kind", "equals": "family"},
            "items": {
                "required": ["member_name"],
                "properties": {
                    "member_name": {"type": "string", "title": "姓名"},
                    "member_phone": {"type": "string", "title": "手机", "x-kind": "phone"},
                },
            },
        },
    }  # fmt: skip


def _money() -> dict[str, Any]:
    return {
        "account": {
            "type": "string", "title": "卡号", "x-kind": "account", "x-account": "bank-card",
        },
        "note": {"type": "string", "title": "还有要说明的", "x-kind": "long-text"},
        "proof": {
            "type": "array", "title": "房屋使用证明", "x-kind": "file",
            "x-accept": ["pdf", "jpg", "png"], "maxItems": 2,
        },
    }  # fmt: skip


def good_answers() -> dict[str, Any]:
    """Answers without a mistake on any day of 2026 (synthetic numbers with right check digits)."""
    return {
        "name": "马晓燕",
        "citizen_id": "11010519491231002X",
        "phone": "13900000417",
        "by_relative": False,
        "shop_name": "晓燕小吃",
        "place": "620102000000",
        "area": 12.5,
        "form_kind": "single",
        "account": "6222020000000000000",
    }


def publish_sample_form(*, actor: Actor, at: datetime) -> Form:
    """Publish the sample form as version 1 of ``every-kind``."""
    return actions.publish_form(
        item_code=ITEM_CODE, item_version=1, form=sample_document(), actor=actor, at=at
    )


def start_sample_draft(*, actor: Actor, at: datetime) -> DraftView:
    """A new draft of the sample form."""
    return actions.start_draft(item_code=ITEM_CODE, item_version=1, actor=actor, at=at)
