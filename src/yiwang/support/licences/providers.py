"""What packs may ask about a licence instead of its copy."""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.foundation.exchange.definitions import Found, Plain, Shape
from yiwang.foundation.exchange.sources import provides
from yiwang.foundation.libraries import queries as libraries
from yiwang.kernel.refusals import NotFound
from yiwang.support.licences import queries

_BUSINESS = "business-licence"


@provides(
    "holder.business_licence",
    label="营业执照",
    source_label="经营主体登记库（示例）",
    shape=Shape.OBJECT,
    papers=("营业执照", "法人登记证书", "组织机构代码证"),
)
def holder_business_licence(*, subject: str, parameters: Mapping[str, str]) -> Plain:
    """What the business licence of a firm or an individual business says; None when it has none."""
    if subject.startswith("organization:"):
        return _of_organization(subject)
    held = queries.find_newest_held(holder=subject, template=_BUSINESS)
    return None if held is None else Found(dict(held.rows), held.issued_at)


@provides(
    "holder.licensed",
    label="是否已登记",
    source_label="经营主体登记库（示例）",
    shape=Shape.YES_NO,
)
def holder_licensed(*, subject: str, parameters: Mapping[str, str]) -> bool:
    """Is this firm or person registered, with a business licence that holds?"""
    return holder_business_licence(subject=subject, parameters=parameters) is not None


def _of_organization(subject: str) -> Plain:
    try:
        body = libraries.get_organization(subject)
    except NotFound:
        return None
    said = {
        "名称": body.name,
        "统一社会信用代码": body.uscc,
        "住所": body.address,
        "成立日期": body.established_on.isoformat(),
    }
    return Found({label: value for label, value in said.items() if value}, body.as_of)


@provides(
    "holder.licence_value",
    label="本人证照上写的一项",
    source_label="电子证照库（示例）",
)
def holder_licence_value(*, subject: str, parameters: Mapping[str, str]) -> Plain:
    """What the holder's own licence states: parameters ``identifier`` and ``field``.

    ``field`` is a key of its template, ``valid_from`` or ``last_day``.
    """
    found = queries.find_value(
        identifier=parameters.get("identifier", ""),
        holder=subject,
        name=parameters.get("field", ""),
    )
    return None if found is None else Found(*found)
