"""Questions about laws: one article as of a day, lists, search by words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from yiwang.foundation.laws import rules
from yiwang.foundation.laws.definitions import Cited
from yiwang.foundation.laws.models import Article, Law, LawVersion
from yiwang.kernel.refusals import NotFound, Refusal


class NoSuchArticle(NotFound):
    sentence = "法律法规库里没有找到这一条。"
    remedy = "请核对法规名称和条号（如“第十六条”）。"


class NotInForce(Refusal):
    status = 404
    sentence = "这部法规在这一天没有效力。"
    remedy = "请换一个日期，或查看现行版本。"


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article of one version; ``valid_until`` is the first day it no longer holds."""

    law_title: str
    article: str
    chapter: str
    text: str
    version_published: date
    valid_from: date | None
    valid_until: date | None
    status: str
    newer_from: date | None = None  # a later version takes over on this day

    @property
    def digest(self) -> str:
        """Of what it says, whatever the blanks between."""
        return hashlib.sha256("".join(self.text.split()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LawRow:
    title: str
    kind: str
    published: date
    valid_from: date | None
    valid_until: date | None
    status: str
    position: int


def find_law(title: str) -> Law | None:
    short = rules.short_title(title)
    return Law.objects.filter(short_title=short).first()


def find_version(title: str, on: date) -> LawVersion | None:
    law = find_law(title)
    if law is None:
        return None
    return law.versions.in_force(on).order_by("-valid_from", "-published").first()


def get_article(*, title: str, article: str, on: date) -> ArticleView:
    """The text of one article as it holds on a day.

    ``title``: with or without 中华人民共和国 and 《》; ``article``: 第十六条, 第16条 or 16.
    Refuses ``NoSuchArticle`` when the law or article is unknown, ``NotInForce`` when the law has
    no version holding on that day.
    """
    law = find_law(title)
    if law is None:
        raise NoSuchArticle(f"法律法规库里没有《{title}》。")
    version = find_version(title, on)
    if version is None:
        raise NotInForce(f"《{law.title}》在 {on.isoformat()} 没有效力。")
    number = rules.article_number(article)
    row = version.articles.filter(number=number).order_by("position").first()
    if row is None:
        raise NoSuchArticle(f"《{law.title}》（{version.published}）没有{number}。")
    return _view(law, version, row)


def digest_of(*, title: str, article: str, on: date) -> str:
    """A digest of what an article says on a day; "" when nothing of that name holds then."""
    try:
        return get_article(title=title, article=article, on=on).digest
    except (Refusal, ValueError):
        return ""


def read_citations(said: str) -> tuple[tuple[Cited, ...], tuple[str, ...]]:
    """What was typed as citations: (those recognised, whether held here or not; the pieces that are none)."""
    return rules.read_citations(said)


def _view(law: Law, version: LawVersion, row: Article) -> ArticleView:
    newer = (
        law.versions.filter(valid_from__gt=version.valid_from).order_by("valid_from").first()
        if version.valid_from
        else None
    )
    return ArticleView(
        law_title=law.title,
        article=row.number,
        chapter=row.chapter,
        text=row.text,
        version_published=version.published,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        status=version.status,
        newer_from=newer.valid_from if newer else None,
    )


def list_laws(*, after: int = 0, limit: int = 50, on: date | None = None) -> tuple[LawRow, ...]:
    """A page of versions, newest import last; with ``on`` only those in force that day."""
    rows = LawVersion.objects.in_force(on) if on else LawVersion.objects.all()
    page = rows.filter(pk__gt=after).select_related("law").order_by("pk")[: min(limit, 200)]
    return tuple(_row(version) for version in page)


def list_versions(title: str) -> tuple[LawRow, ...]:
    """Every version of one law, oldest first."""
    law = find_law(title)
    if law is None:
        return ()
    rows = law.versions.select_related("law").order_by("published", "pk")[:200]
    return tuple(_row(version) for version in rows)


def list_articles(title: str, *, on: date) -> tuple[ArticleView, ...]:
    """All articles of a law as it holds on a day; empty when it does not."""
    law, version = find_law(title), find_version(title, on)
    if law is None or version is None:
        return ()
    return tuple(_view(law, version, row) for row in version.articles.order_by("position"))


def search_laws(text: str, *, limit: int = 20) -> tuple[LawRow, ...]:
    """Laws whose title contains the words, newest version first."""
    wanted = rules.short_title(text)
    if not wanted:
        return ()
    rows = (
        LawVersion.objects.filter(law__title__contains=wanted)
        .select_related("law")
        .order_by("law__title", "-published")[: min(limit, 200)]
    )
    return tuple(_row(version) for version in rows)


def _row(version: LawVersion) -> LawRow:
    return LawRow(
        title=version.law.title,
        kind=version.kind,
        published=version.published,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        status=version.status,
        position=version.pk,
    )
