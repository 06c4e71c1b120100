"""A service with a report, a system with a key, and a grant to try the service under."""

from __future__ import annotations

import json
from datetime import datetime

SERVICE = "62/market-register"


def addresses(body: str, at: datetime) -> tuple[str, ...]:
    """The integrator's pages, for a data officer of that body."""
    from yiwang.foundation.agreements import sample as agreements
    from yiwang.foundation.exchange import actions, queries
    from yiwang.foundation.exchange.definitions import (
        TRIAL,
        NewService,
        ServiceField,
        ServiceParameter,
    )
    from yiwang.foundation.upper import sample as upper
    from yiwang.kernel.actor import machine
    from yiwang.mechanisms.crypto import primitives

    who = {"actor": machine("stage"), "at": at}
    actions.publish_service(
        service=NewService(
            code=SERVICE,
            title="市场主体登记查询（示例）",
            summary="按统一社会信用代码查登记状态，数据是编的。",
            upstream="https://data.example.org/market",
            fields=(ServiceField("name", "名称", 1), ServiceField("phone", "联系电话", 3)),
            parameters=(ServiceParameter("uscc", "统一社会信用代码"),),
            department=body,
        ),
        **who,
    )
    told = {
        "kit": "1", "service": SERVICE, "target": "示例", "passed": False,
        "at": at.isoformat(), "declaration": "",
        "checks": [
            {"check": "connect", "title": "能连上", "result": "PASSED", "seen": "", "remedy": ""},
            {"check": "time", "title": "在时限内答完", "result": "FAILED",
             "seen": "超过时限还没有答完", "remedy": "请优化查询或加索引。"},
        ],
    }  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    told["digest"] = primitives.sm3(text.encode()).hex()
    actions.attach_report(service=SERVICE, report=json.dumps(told).encode(), **who)
    actions.register_system(code="62/market-desk", name="市场监管业务系统", department=body, **who)
    old = actions.issue_key(system="62/market-desk", **who)
    actions.rotate_key(key_id=old.key_id, **who)
    agreements.grant(
        SERVICE, consumer=body, consumer_name="城关区市场监督管理局（示例）",
        fields=("name",), purposes=(TRIAL,), at=at,
    )  # fmt: skip
    system = next(
        one for one in queries.list_systems(machine("stage")) if one.code == "62/market-desk"
    )
    return (
        "/data/services/",
        f"/data/services/{SERVICE}/",
        f"/data/services/{SERVICE}/try/",
        "/data/systems/",
        f"/data/systems/{system.key}/",
        "/data/recipes/",
        "/data/upper/",
        f"/data/upper/{upper.requested(department=body, at=at)}/amend/",
    )
