"""A small table for tests: who may have the allowance at once."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from yiwang.mechanisms.rulings.definitions import Input


def table(**changes: Any) -> dict[str, Any]:
    """A sound table; ``changes`` go into the decision table's content."""
    schema = {
        "type": "object",
        "required": ["age", "alive", "place"],
        "properties": {
            "age": {"type": "integer"},
            "alive": {"type": "boolean"},
            "place": {"type": "string"},
        },
    }
    content = {
        "hitPolicy": "first",
        "inputs": [
            {"id": "c1", "name": "年龄", "field": "age"},
            {"id": "c2", "name": "健在", "field": "alive"},
            {"id": "c3", "name": "户籍地", "field": "place"},
        ],
        "outputs": [
            {"id": "o1", "name": "结论", "field": "outcome"},
            {"id": "o2", "name": "每月金额（分）", "field": "monthly_fen"},
        ],
        "rules": [
            row("r1", "年满 90 周岁", ">= 90", "20000"),
            row("r2", "年满 80 周岁", "[80..89]", "10000"),
            {
                "_id": "r9",
                "_description": "其他情形",
                "c1": "",
                "c2": "",
                "c3": "",
                "o1": "'TO_OFFICIAL'",
                "o2": "0",
            },
        ],
        **changes,
    }
    return {
        "nodes": [
            {
                "id": "in",
                "type": "inputNode",
                "name": "输入",
                "content": {"schema": json.dumps(schema)},
            },
            {"id": "t", "type": "decisionTableNode", "name": "资格", "content": content},
            {"id": "out", "type": "outputNode", "name": "输出"},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "t", "type": "edge"},
            {"id": "e2", "sourceId": "t", "targetId": "out", "type": "edge"},
        ],
    }


def row(key: str, sentence: str, age: str, fen: str) -> dict[str, str]:
    return {
        "_id": key,
        "_description": sentence,
        "_basis": "老年人权益保障法 第三十三条",
        "c1": age,
        "c2": "true",
        "c3": "'城关区','七里河区'",
        "o1": "'APPROVE'",
        "o2": fen,
    }


def tests() -> list[dict[str, Any]]:
    """Tests that reach every row of ``table()``."""
    return [
        case("九十岁", 90, "APPROVE", 20000),
        case("八十九岁", 89, "APPROVE", 10000),
        case("七十九岁", 79, "TO_OFFICIAL", 0),
    ]


def case(name: str, age: int, outcome: str, fen: int) -> dict[str, Any]:
    return {
        "name": name,
        "inputs": {"age": age, "alive": True, "place": "城关区"},
        "expect": {"outcome": outcome, "monthly_fen": fen},
    }


def inputs(at: datetime, **values: Any) -> dict[str, Input]:
    """Complete inputs from one source."""
    given = {"age": 83, "alive": True, "place": "城关区", **values}
    return {name: Input(value, "人口库（示例）", at) for name, value in given.items()}
