"""For looking at pages: a licence that may be renewed, one whose change is asked for and lies at the desk."""

from __future__ import annotations

from datetime import datetime, timedelta


def play(applicant, *, at: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses of the holder, and of the desk. ``applicant``: a person; the packs are on the shelf."""
    from django.db import transaction

    from yiwang.capability.journey import sample
    from yiwang.kernel.actor import machine
    from yiwang.kernel.moments import legal_date
    from yiwang.network.directory import sample as places
    from yiwang.support.licences import actions as licences

    today, body = legal_date(at), places.department_uscc(places.CHENGGUAN, 2)

    @transaction.atomic
    def licence(number: int):
        return licences.issue(
            case=f"case:stage{number}", template="food-business-licence",
            holder=applicant.applicant, holder_name="罗文博",
            values={
                "operator": "示例饭店", "in_charge": "罗文博", "place": f"示例路 {number} 号",
                "kind": "餐饮服务", "scope": "热菜、面食等热食", "issued_on": today.isoformat(),
            },
            valid_from=today - timedelta(days=1700), valid_until=today + timedelta(days=60), at=at,
            actor=machine("stage"), issuer=body, issuer_name="城关区市场监督管理局",
            division_code=places.CHENGGUAN, item_code=sample.FOOD,
        )  # fmt: skip

    open_, asked = licence(21), licence(22)
    answers = {
        "act": "change", "earlier": asked.identifier, "in_charge": "马晓燕",
        "phone": "13900000003", "delivery": "electronic",
    }  # fmt: skip
    case = sample.submitted(
        sample.FOOD, applicant, answers, at=at, questions={"act": "change"}
    ).case_key
    mine = (f"/my/licences/{open_.key}/", f"/my/licences/{asked.key}/")
    begin = f"/items/{sample.FOOD}/apply/?act=renew&licence={open_.key}"
    return (*mine, begin), (f"/desk/cases/{case}/",)
