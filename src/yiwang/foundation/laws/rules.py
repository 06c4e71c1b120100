"""Titles, article numbers, and from when until when a version holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from yiwang.foundation.laws.definitions import Cited, LawArticle, LawDocument

_STATE = "中华人民共和国"
_DIGITS = "零一二三四五六七八九"


def short_title(title: str) -> str:
    """``《中华人民共和国行政许可法》`` → ``行政许可法``; the constitution keeps its amendments' years."""
    bare = title.strip().strip("《》").strip()
    return bare.removeprefix(_STATE) if len(bare) > len(_STATE) else bare


def chinese_number(number: int) -> str:
    """1..9999 in characters as laws write them: 十六, 一百零一, 一千二百六十."""
    if number < 20:
        return ("十" if number >= 10 else "") + (_DIGITS[number % 10] if number % 10 else "")
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if gap else "") + _DIGITS[digit] + name
            gap = False
        elif said:
            gap = True
    return said


def article_number(said: str) -> str:
    """``16``, ``第16条``, ``第十六条`` → ``第十六条``; anything else comes back trimmed."""
    text = said.strip()
    match = re.fullmatch(r"第?(\d{1,4})条?(之.)?", text)
    if match:
        return f"第{chinese_number(int(match[1]))}条{match[2] or ''}"
    return text if text.startswith("第") else f"第{text.removesuffix('条')}条"


_ARTICLE = r"第[0-9零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十])?"
_BETWEEN = r"[、，,和及与\s]*"
_NEXT = re.compile(rf"({_ARTICLE}){_BETWEEN}《")
_CITATION = re.compile(rf"《?\s*([^《》]+?)\s*》?\s*((?:{_ARTICLE}{_BETWEEN})+)[。.]?")


def read_citations(said: str) -> tuple[tuple[Cited, ...], tuple[str, ...]]:
    """What was typed as citations: (those recognised, each once; the pieces that are none).

    《……法》第九条, several articles of one law after it, several laws one after the other or one a line; the
    title's 《》 may be left out. Paragraphs of an article (款、项) are no part of a citation here.
    """
    found: dict[Cited, None] = {}
    unread = []
    for piece in re.split(r"[;；\n]+", _NEXT.sub(r"\1\n《", said)):
        match = _CITATION.fullmatch(piece.strip())
        if match is None:
            unread += [piece.strip()] if piece.strip() else []
            continue
        for number in re.findall(_ARTICLE, match[2]):
            found[Cited(match[1], article_number(number))] = None
    return tuple(found), tuple(unread)


@dataclass(frozen=True, slots=True)
class Dated:
    """What validity is derived from: one version as its source dates it."""

    key: str
    published: date
    effective: date | None
    status: str


@dataclass(frozen=True, slots=True)
class Validity:
    key: str
    valid_from: date | None
    valid_until: date | None  # exclusive
    uncertain: bool  # the source does not say when it began or ended


#: Amending decisions are texts about other laws; they hold no article that can be cited as law.
_NO_VALIDITY = frozenset({"未知"})


def derive_validity(versions: Sequence[Dated]) -> tuple[Validity, ...]:
    """From when until when each version of one law holds.

    A version begins on its effective day, or, where the source gives none, on its publication
    (marked uncertain). It ends when the next one begins. The last one stays open, unless the source
    calls it 已废止 or 已修改: then its end is unknown and it is closed on the day it began.
    """
    known = [v for v in versions if v.status not in _NO_VALIDITY]
    ordered = sorted(known, key=lambda v: (v.effective or v.published, v.published, v.key))
    derived = [Validity(v.key, None, None, True) for v in versions if v.status in _NO_VALIDITY]
    for here, following in zip_longest(ordered, ordered[1:]):
        begins = here.effective or here.published
        uncertain = here.effective is None
        if following is not None:
            ends: date | None = max(begins, following.effective or following.published)
            uncertain = uncertain or following.effective is None
        elif here.status in ("已废止", "已修改"):
            ends, uncertain = begins, True
        else:
            ends = None
        derived.append(Validity(here.key, begins, ends, uncertain))
    return tuple(derived)


class BadDocument(ValueError):
    """One document of an import cannot be read; the words say why."""


def parse_document(raw: object) -> LawDocument:
    """One JSON object of the law mirror → a document; ``BadDocument`` says what is wrong."""
    if not isinstance(raw, dict):
        raise BadDocument("不是一个 JSON 对象")
    for key in ("id", "title", "kind", "published", "status", "articles"):
        if key not in raw:
            raise BadDocument(f"缺少 {key}")
    if not str(raw["title"]).strip() or not str(raw["id"]).strip():
        raise BadDocument("标题或编号是空的")
    articles = raw["articles"]
    if not isinstance(articles, list) or any("text" not in a or "no" not in a for a in articles):
        raise BadDocument("articles 的格式不对")
    return LawDocument(
        source_id=str(raw["id"]).strip(),
        title=str(raw["title"]).strip(),
        kind=str(raw["kind"]),
        author=str(raw.get("author") or ""),
        published=_day(raw["published"], "published"),
        effective=_day(raw["effective"], "effective") if raw.get("effective") else None,
        status=str(raw["status"]),
        articles=tuple(
            LawArticle(str(a["no"]), str(a.get("chapter") or ""), str(a["text"])) for a in articles
        ),
    )


def _day(said: object, key: str) -> date:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise BadDocument(f"{key} 不是日期：{said}") from None


_MD_ARTICLE = re.compile(
    r"(第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十])?)[ \u3000](.*)", re.S
)
_MD_ISSUED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日[^\n]*公布")


def parse_markdown(text: str, *, effective: date | None = None) -> LawDocument:
    """A departmental rule written as markdown: ``# title``, its issue line, chapters, articles."""
    title = re.search(r"^# (.+)$", text, re.M)
    issued = _MD_ISSUED.search(text)
    if title is None or issued is None:
        raise BadDocument("没有找到标题或公布日期")
    published = date(*(int(part) for part in issued.groups()))
    articles: list[LawArticle] = []
    chapter = ""
    for block in re.split(r"\n\s*\n", text.partition("<!-- INFO END -->")[2]):
        said = block.strip()
        found = _MD_ARTICLE.fullmatch(said)
        if said.startswith("#"):
            chapter = said.lstrip("# ").strip()
        elif found:
            articles.append(LawArticle(found[1], chapter, found[2].strip()))
        elif said and articles:
            last = articles.pop()
            articles.append(LawArticle(last.number, last.chapter, f"{last.text}\n{said}"))
    if not articles:
        raise BadDocument("没有找到条文")
    name = title[1].strip()
    return LawDocument(
        f"md:{name}:{published}",
        name,
        "部门规章",
        "",
        published,
        effective or published,
        "有效",
        tuple(articles),
    )
