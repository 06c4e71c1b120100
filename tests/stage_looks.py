"""Who looked: an official, and a call of the exchange somebody asked about; the officer's side of it."""

from __future__ import annotations

from datetime import datetime, timedelta


def play(owner, official, case: str, body: str, at: datetime):
    """Pages of the person, pages of the data officer. ``official`` has looked at ``case`` before."""
    from django.db import transaction

    from yiwang.capability.cases import actions as cases
    from yiwang.capability.journey import looks
    from yiwang.foundation.exchange.models import Receipt
    from yiwang.foundation.exchange.queries import SUBJECT_PURPOSE
    from yiwang.foundation.libraries import queries as libraries
    from yiwang.mechanisms.crypto import actions as crypto
    from yiwang.network.directory import sample as places
    from yiwang.support.enquiries import sample

    with transaction.atomic():
        cases.read_case(case_key=case, actor=official, at=at - timedelta(hours=2))
    number = libraries.find_citizen_id(owner.reference)
    Receipt.objects.create(
        message="0" * 31 + "1", side="PROVIDER", at=at - timedelta(hours=1), from_node="62",
        system="62/platform", to_node="62", service="62/household-register",
        purpose="填写申请表", item="individual-business", case_no="", fields=["name", "address"],
        subject_index=crypto.keyed_index(number, purpose=SUBJECT_PURPOSE), rows=1, status="FOUND",
        request_digest="0" * 64, milliseconds=12,
    )  # fmt: skip
    rows = looks.list_looks(owner).rows
    key = sample.enquiry(
        owner, division_code=places.CHENGGUAN, department=body, look=rows[0].key, at=at
    )
    mine = (f"/my/reads/{rows[1].key}/ask/", f"/my/enquiries/{key}/")
    return mine, ("/data/enquiries/", f"/data/enquiries/{key}/")
