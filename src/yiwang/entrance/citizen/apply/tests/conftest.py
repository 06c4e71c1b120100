"""One person, one item with two questions before the form, the sample form, real places."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.core.cache import cache

from yiwang.capability.cases import actions as case_actions
from yiwang.capability.catalogue import actions as catalogue
from yiwang.capability.catalogue.definitions import Item, parse_item
from yiwang.capability.intake import actions as intake_actions
from yiwang.capability.intake import queries as intake
from yiwang.capability.intake.sample import sample_document
from yiwang.foundation.exchange import breaker, sources
from yiwang.foundation.exchange.sources import provides
from yiwang.foundation.libraries import sample as people
from yiwang.kernel import moments
from yiwang.kernel.actor import machine
from yiwang.network.directory import actions as directory
from yiwang.support.identity.sample import open_person_account, sign_in_client

PACK = Path(__file__).parents[6] / "packs" / "services" / "individual-business"
CODE = "individual-business"
PLACES = (
    "code12,name,level,parent_code12\n620000000000,甘肃省,1,\n620100000000,兰州市,2,620000000000\n"
    "620102000000,城关区,3,620100000000\n620103000000,七里河区,3,620100000000\n"
)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    cache.clear()
    breaker.forget_all()
    intake.get_form.cache_clear()
    monkeypatch.setattr(sources, "_REGISTRY", dict(sources._REGISTRY))
    provides("sample.name", label="姓名", source_label="人口库")(
        lambda *, subject, parameters: "马晓燕"
    )
    provides("sample.citizen_id", label="身份证号", source_label="人口库")(
        lambda *, subject, parameters: "11010519491231002X"
    )
    yield
    cache.clear()


@pytest.fixture
def places(db, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(PLACES, encoding="utf-8")
    directory.load_divisions(path=path, valid_from=directory.SHIPPED_CUT_ON)


@pytest.fixture
def item(places):
    return publish()


def read_item():
    """The item as its pack says it."""
    found = parse_item(yaml.safe_load((PACK / "item.yaml").read_text(encoding="utf-8")))
    assert isinstance(found, Item), found
    return found


def publish(**changes):
    """The item on the shelf, as its pack says it but for ``changes``."""
    found = dataclasses.replace(read_item(), valid_from=date(2026, 1, 1), **changes)
    at = moments.now()
    number = catalogue.publish_item(
        item=found, texts={}, approved_by="official:other", actor=machine("test"), at=at
    )
    intake_actions.publish_form(
        item_code=CODE, item_version=number, form=sample_document(), actor=machine("test"), at=at
    )
    flow = yaml.safe_load((PACK / "flow.yaml").read_text(encoding="utf-8"))
    case_actions.publish_flow(
        item_code=CODE, item_version=number, flow=flow, at=at, actor=machine("test")
    )
    return found


@pytest.fixture
def mine(client, item):
    """The client of a signed-in person."""
    return sign_in(client)


def sign_in(client, seed=1):
    person = people.register_person(seed, at=moments.now())
    open_person_account(person.reference, at=moments.now())
    client.actor = sign_in_client(client, person.reference)
    return client


@pytest.fixture
def stranger(item):
    from django.test import Client

    client = Client()
    person = people.register_person(2, at=moments.now())
    open_person_account(person.reference, at=moments.now())
    client.actor = sign_in_client(client, person.reference)
    return client


GUIDE = {"place": "shop", "proof": "document", "operator": "mainland", "approval": "none"}


@pytest.fixture
def home(mine):
    """The address of a new draft."""
    return mine.post(f"/items/{CODE}/apply/", GUIDE)["Location"]
