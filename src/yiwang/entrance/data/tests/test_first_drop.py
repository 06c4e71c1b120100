"""The only file of a resource taken back on its page: the pages say that there is no data and what to do."""

import pytest

from yiwang.foundation.datasources import actions, sample
from yiwang.foundation.resources import sample as resources
from yiwang.foundation.resources.definitions import Datum
from yiwang.foundation.standards.definitions import ElementType
from yiwang.network.directory import sample as places

pytestmark = pytest.mark.django_db
CODE = "301008/8"
ITEMS = (Datum("no", "编号", ElementType.TEXT, 6, 2),)


def test_the_pages_say_so_and_what_to_do(ground, sign_in, at):
    body = places.department_uscc(places.CHENGGUAN, 7)
    content = resources.content(resources.ALLOWANCES, code=CODE, provider=body, items=ITEMS)
    resources.publish(content, at=at)
    officer, client = sample.officer("zhang", department=body), sign_in("fees")
    view = actions.check_drop(
        resource=CODE, data="编号\nA1\n".encode(), filename="a.csv", actor=officer, at=at
    )
    first = actions.take_drop(drop=view.key, version=view.version, actor=officer, at=at)
    page = f"/data/sources/drops/{first.key}/"
    assert "这是第一份" in client.get(page).content.decode()
    assert client.post(f"{page}undo/", {"version": first.version}).status_code == 302
    assert "还没有数据" in client.get("/data/sources/").content.decode()
    assert "再投一份" in client.get(f"/data/sources/{first.source}/").content.decode()
    assert client.get(f"/data/sources/{first.source}/publish/").status_code == 200
