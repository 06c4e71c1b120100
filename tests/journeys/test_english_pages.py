"""Citizens' pages in English: nothing Chinese on them but names, what people typed, law and letters.

Legal originals and messages are marked as Chinese for screen readers and left out here; everything else
the house says must have its English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from tests import stage
from yiwang.capability.cases.models import Case
from yiwang.capability.catalogue.models import ItemVersionRecord
from yiwang.capability.intake.models import Draft
from yiwang.foundation.exchange import sources
from yiwang.foundation.libraries.models import Organization, Person
from yiwang.foundation.standards import queries as standards
from yiwang.kernel import moments
from yiwang.network.directory.models import Division
from yiwang.support.identity import sample as accounts
from yiwang.support.identity.models import Account

pytestmark = [pytest.mark.journey, pytest.mark.django_db]
_HANZI = re.compile(r"[\u3400-\u9fff]+")
#: What is Chinese by its nature: citations of law, masked names, names of files and registers, the
#: site's own name, words one may type into a search box.
_BY_NATURE = re.compile(
    r"《?[\u4e00-\u9fff]{2,20}(法|条例|规定|办法)》?，?(第[一二三四五六七八九十百]+条)?"
    r"|第[一二三四五六七八九十百]+条；?|[\u4e00-\u9fff]\*+|[\u4e00-\u9fff、，]+\.(pdf|png|jpg)"
    r"|[\u4e00-\u9fff]{2,12}(局|分局|大队|委员会)|我的手机"
    r"|[\u4e00-\u9fff]+库?（示例(数据)?）|一网|开小吃店|“津贴”|“开店”|e\.g\. 行政许可|e\.g\. 城关"
)
_INLINE = re.compile(r"</?(span|strong|small|em|a|br|b|time)\b[^>]*>")
_CHINESE = re.compile(r'<(\w+)\b[^>]*\blang="zh[^"]*"[^>]*>')


def text_of(page: str) -> str:
    """What is read on a page, parts marked as Chinese left out."""
    page = re.sub(r"<(script|style|template|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    page = page[page.index("<body") :]
    while marked := _CHINESE.search(page):
        page = page[: marked.start()] + " " + page[_end(page, marked.group(1), marked.end()) :]
    said = re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]*)"', page)
    return unescape("\n".join([re.sub(r"<[^>]+>", "\n", _INLINE.sub("", page)), *said]))


def _end(page: str, tag: str, at: int) -> int:
    """Where the element closes that was opened before ``at``."""
    depth = 1
    for found in re.compile(rf"<(/?){tag}\b[^>]*>").finditer(page, at):
        depth += -1 if found.group(1) else 1
        if depth == 0:
            return found.end()
    raise AssertionError(f"{tag} is not closed")


def leaves(value: object) -> Iterator[str]:
    """Every text somebody typed into an answer."""
    if isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


def names() -> list[str]:
    """Names of places, bodies, people and firms, packs of the tests without English, what was typed."""
    found = {name for row in Division.objects.values_list("name", flat=True) for name in [row]}
    found |= {row.name for row in Person.objects.all()} | {
        row.name for row in Organization.objects.all()
    }
    for case in Case.objects.all():
        found |= {case.department_name, *leaves(case.content["answers"])}
    for draft in Draft.objects.all():
        found |= set(leaves(draft.answers))
    for record in ItemVersionRecord.objects.all():
        found |= set(record.content.get("department_name", "").split("（"))
        if "en" not in record.texts:
            found |= {*leaves(record.content)}
    found |= {code.label for code in standards.get_table("industry").codes}
    found |= {source.source_label for source in sources.list_sources()}
    return sorted((one for one in found if _HANZI.search(one)), key=len, reverse=True)


def left(page: str, known: list[str]) -> list[str]:
    """The lines of a page on which something Chinese is left that is no name."""
    found = []
    for line in {one.strip() for one in text_of(page).split("\n")}:
        said = line
        for name in known:
            said = said.replace(name, "")
        if _HANZI.search(_BY_NATURE.sub("", said)):
            found.append(line)
    return sorted(found)


def signed_in(login: str) -> Client:
    client = Client()
    accounts.sign_in_client(client, Account.objects.get(user_name=login).subject)
    return client


def test_a_citizen_reads_english_on_every_page_of_the_stage():
    scene = stage.set_up(moments.now())
    anybody = [
        "/", "/search/?q=road", "/division/", "/house/", "/figures/", "/laws/", "/look/", "/sign-in/",
        "/verify/", "/accessibility/", "/privacy/", "/site-map/", "/recover/", "/sample/sms/", "/my/nothing/",
        scene.guide, f"{scene.guide}short/", *scene.promised.guides, scene.verify, "/v/0000000000000000",
        *scene.data.open,
    ]  # fmt: skip
    mine = [
        "/my/", "/my/drafts/", "/my/licences/", "/my/messages/", "/my/reads/", "/my/security/",
        scene.form, scene.progress, f"{scene.progress}withdraw/", *scene.mandates, *scene.data.mine,
    ]  # fmt: skip
    held = [scene.result, scene.result.removesuffix("result/"), *scene.promised.mine]
    held += scene.licences
    known = names()
    problems = []
    for who, addresses in (("", anybody), (stage.WAITING, mine), (stage.HOLDER, held)):
        client = signed_in(who) if who else Client()
        client.cookies["django_language"] = "en"
        for address in addresses:
            answer = client.get(address, follow=True)
            problems += [f"{address}: {line}" for line in left(answer.content.decode(), known)]
    assert not problems, "\n".join(problems)


def test_a_form_says_what_is_wrong_in_english():
    scene = stage.set_up(moments.now())
    client = signed_in(stage.WAITING)
    client.cookies["django_language"] = "en"
    where = client.get(scene.form, follow=True).redirect_chain[-1][0]
    answer = client.post(where, {"do": "next", "version": "1"})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"To mend: \d+", said)
    assert re.search(
        r"(is missing|nothing is chosen yet)\. Please (fill it in|choose) to go on\.", said
    )
    assert left(said, names()) == []
