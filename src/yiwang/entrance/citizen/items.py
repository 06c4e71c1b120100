"""Lists of items, and the guide of one: short and long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.capability.catalogue import queries as catalogue
from yiwang.capability.catalogue.definitions import Citation, HandlingMode, Item
from yiwang.capability.catalogue.definitions.codes import ITEM_TYPE_LABELS, ServedKind
from yiwang.entrance.citizen import answers, roads
from yiwang.entrance.shell import drawing, place
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.laws import queries as laws
from yiwang.kernel import moments
from yiwang.kernel.refusals import Refusal

_A_PAGE = 50
#: What firms look for; the catalogue has guides even where nothing can be done online yet.
_ASKED_BY_FIRMS = (
    "食品经营许可",
    "公共场所卫生许可",
    "消防安全检查",
    "施工许可",
    "道路运输经营许可",
    "企业投资项目备案",
    "劳务派遣",
    "取水许可",
)
_ARTICLE_KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Basis:
    """One citation with the article's text as of today, when the law library has it."""

    law: str
    article: str
    quote_for: str
    text: str
    published: date | None
    status: str


@access(ANYONE)
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """Everything that can be done here."""
    return _list(request, heading=_("全部事项"), served="")


@access(ANYONE)
@require_safe
def persons(request: HttpRequest) -> HttpResponse:
    """What a person can do."""
    return _list(request, heading=_("个人办事"), served=ServedKind.PERSON)


@access(ANYONE)
@require_safe
def firms(request: HttpRequest) -> HttpResponse:
    """What a firm can do."""
    return _list(request, heading=_("法人办事"), served=ServedKind.COMPANY)


def _list(request: HttpRequest, *, heading: str, served: str) -> HttpResponse:
    after = request.GET.get("after", "")
    department = request.GET.get("department", "")[:80]
    division = place.of(request)
    rows = catalogue.list_items(
        division=division,
        served=served,
        department=department,
        after=int(after) if after.isdecimal() and len(after) < 16 else 0,
        limit=_A_PAGE + 1,
    )
    more = len(rows) > _A_PAGE
    rows = rows[:_A_PAGE]
    values = {
        "heading": department or heading,
        "rows": rows,
        "for_firms": served == ServedKind.COMPANY,
        "words": _ASKED_BY_FIRMS,
        "next": _next(request, rows[-1].position) if more else "",
        "first": request.path if after else "",
    }
    return render(request, "citizen/items.html", values)


def _next(request: HttpRequest, position: int) -> str:
    wanted = request.GET.copy()
    wanted["after"] = str(position)
    return f"{request.path}?{wanted.urlencode()}"


@access(ANYONE)
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide: five answers first, the questions that narrow it, then everything else."""
    language = get_language() or "zh-hans"
    version = catalogue.get_item(code, language=language)
    item = version.item
    given = {key: request.GET[key] for key in (q.key for q in item.questions) if key in request.GET}
    narrowed = catalogue.narrow(item, given, language)
    values = {
        "version": version,
        "item": item,
        "facts": answers.five(item, narrowed),
        "narrowed": narrowed,
        "sentence": answers.sentence(narrowed),
        "given": given,
        "questions": _questions(item, given),
        "materials": [answers.marked(material) for material in narrowed.materials],
        "road": roads.road(item, narrowed),
        "flow": drawing.flow(_steps(item)),
        "bases": _bases(item),
        "item_type": ITEM_TYPE_LABELS[item.item_type],
        "elsewhere": item.handling_mode is not HandlingMode.PLATFORM,
    }
    return render(request, "citizen/guide.html", values)


@access(ANYONE)
@require_safe
def short(request: HttpRequest, code: str) -> HttpResponse:
    """The short version: one sheet to print and take along."""
    language = get_language() or "zh-hans"
    version = catalogue.get_item(code, language=language)
    narrowed = catalogue.narrow(version.item, {}, language)
    values = {
        "version": version,
        "item": version.item,
        "facts": answers.five(version.item, narrowed),
        "narrowed": narrowed,
    }
    return render(request, "citizen/short.html", values)


def _questions(item: Item, given: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "key": question.key,
            "text": question.text,
            "help": question.help,
            "wide": len(question.options) > 2,
            "options": [
                {"value": o.value, "label": o.label, "chosen": given.get(question.key) == o.value}
                for o in question.options
            ],
        }
        for question in catalogue.list_questions(item, given)
    ]


def _steps(item: Item) -> tuple[drawing.DrawnStep, ...]:
    return tuple(drawing.DrawnStep(step.title, step.limit or step.who) for step in item.steps)


def _bases(item: Item) -> tuple[Basis, ...]:
    """Each cited article once, with its text as it holds today."""
    today = moments.legal_date(moments.now())
    return tuple(_basis(citation, today) for citation in item.basis)


def _basis(citation: Citation, today: date) -> Basis:
    """Remembered for an hour: an article does not change within a day."""
    key = f"basis:{today}:{citation.law}:{citation.article}".encode().hex()[:230]
    known = cache.get(key)
    if isinstance(known, tuple):
        text, published, status = known
    else:
        text, published, status = _article(citation, today)
        cache.set(key, (text, published, status), _ARTICLE_KEPT_SECONDS)
    return Basis(citation.law, citation.article, citation.quote_for, text, published, status)


def _article(citation: Citation, today: date) -> tuple[str, date | None, str]:
    try:
        found = laws.get_article(title=citation.law, article=citation.article, on=today)
    except Refusal:
        return "", None, ""
    return found.text, found.version_published, found.status
