"""Data for looking at pages: a catalogue in force, a draft, a version that waits, what was called wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

OFFICER, AUTHORITY = "gongan-shuju", "shujuju"


@dataclass(frozen=True)
class Data:
    """Addresses of who writes, of who checks, of anybody, of the person concerned."""

    officer: tuple[str, ...]
    authority: tuple[str, ...]
    open: tuple[str, ...]
    mine: tuple[str, ...]


def set_up(person, citizen, at: datetime) -> Data:
    """The shipped resources published; the police's next draft; the market's version handed in."""
    from yiwang.foundation.libraries import queries as libraries
    from yiwang.foundation.resources import actions, queries, sample
    from yiwang.kernel.actor import Role
    from yiwang.kernel.moments import legal_date
    from yiwang.network.directory import sample as places
    from yiwang.support.identity import sample as accounts

    sample.publish_all(at=at)
    police = sample.officer()
    for name, said, role, body in (
        (OFFICER, "宋立新", Role.DATA_OFFICER, police.grants[0].department),
        (AUTHORITY, "高志军", Role.DATA_AUTHORITY, None),
    ):
        accounts.open_official_account(
            name, at=at, name=said, department=body or "", grants=((role, places.CHENGGUAN, body),)
        )
    people = queries.get_resource(sample.POPULATION)
    draft = actions.write(content=sample.content(summary="下一版"), actor=police, at=at)
    market = sample.officer("market", serial=2)
    firms = queries.get_resource(sample.FIRMS)
    handed = actions.write(
        content=sample.content(sample.FIRMS, officer="新的责任人"), actor=market, at=at
    )
    sample.handed_in(handed, actor=market, at=at)
    proposed, narrower = _standards(police, at)
    change = actions.note_change(
        department=police.grants[0].department or "", cause="LAW", basis="《户口登记条例》修改",
        what="加一项现住址", happened_on=legal_date(at), actor=police, at=at,
    )  # fmt: skip
    said = {"wrong": "名字写错了一个字", "right": "马晓燕", "about": "", "at": at}
    first = actions.report_error(element="person.sex", actor=citizen, **said)
    actions.correct(key=first.key, version=1, answer="已经更正", actor=police, at=at)
    made = actions.report_error(element="person.name", actor=citizen, **said)
    assert libraries.get_person(person.reference).reference == made.applicant
    one, version, wrong = (
        f"/data/resources/{people.key}/", f"/data/versions/{draft.key}/",
        f"/data/corrections/{made.key}/",
    )  # fmt: skip
    return Data(
        officer=(
            "/data/resources/", one, f"{one}edit/", "/data/resources/new/", version,
            f"{version}submit/", "/data/demand/", "/data/duty/", "/data/negative/", "/data/census/",
            "/data/elements/", "/data/elements/person.sex/", "/data/code-tables/", "/data/code-tables/sex/",
            "/data/standards/", "/data/elements/new/", "/data/elements/person.school/edit/",
            "/data/code-tables/new/", "/data/code-tables/school-kind/", "/data/elements/import/",
            f"/data/standards/{proposed}/", f"/data/standards/{proposed}/submit/",
            "/data/import/", "/data/corrections/", wrong, f"{wrong}correct/",
            "/data/corrections/new/", "/data/changes/", "/data/changes/new/",
            f"/data/changes/{change.key}/", f"/data/changes/{change.key}/ask-longer/",
            "/desk/messages/",
        ),
        authority=(
            f"/data/standards/{narrower}/", f"/data/standards/{narrower}/publish/",
            "/data/elements/person.school/withdraw/", "/data/code-tables/school-kind/withdraw/",
            "/data/waiting/", f"/data/versions/{handed.key}/", f"/data/versions/{handed.key}/send-back/",
        ),
        open=("/data/catalogue/", f"/data/catalogue/{firms.key}/", "/data/catalogue/usage/"),
        mine=("/my/corrections/", "/my/corrections/new/"),
    )  # fmt: skip


def _standards(police, at: datetime) -> tuple[str, str]:
    """A place's own data element and code table in use; a draft; a version that waits and takes codes away."""
    from dataclasses import replace

    from yiwang.foundation.resources import actions, sample
    from yiwang.foundation.standards.definitions import (
        About,
        Code,
        CodeTable,
        Element,
        ElementType,
    )

    def handed_in(content):
        draft = actions.propose_standard(content=content, actor=police, at=at)
        return actions.submit_standard(key=draft.key, version=draft.version, actor=police, at=at)

    codes = (Code("1", "小学"), Code("2", "初中"), Code("3", "高中"))
    kinds = CodeTable("school-kind", "学校类别", "本地约定", codes)
    school = Element(
        "person.school", "就读学校类别", ElementType.CODE, 1, About.PERSON, "school-kind"
    )
    for content in (kinds, school):
        one = handed_in(content)
        actions.publish_standard(key=one.key, version=one.version, actor=sample.authority(), at=at)
    base = sample.content(sample.ALLOWANCES)
    items = (replace(base.items[0], name="school", element=school.code, authoritative=True),)
    sample.publish(replace(base, code="301077/000001", name="在校学生", items=items), at=at)
    narrower = handed_in(replace(kinds, codes=codes[:2]))
    draft = actions.propose_standard(
        content=replace(school, code="person.class", name="所在班级", kind=ElementType.TEXT,
                        table="", length=40),
        actor=police, at=at,
    )  # fmt: skip
    return draft.key, narrower.key
