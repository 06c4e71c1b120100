"""Articles of laws as an official types them, and those his items already name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.http import HttpRequest

from yiwang.capability.catalogue import queries as catalogue
from yiwang.entrance.shell import typed
from yiwang.foundation.agreements import queries
from yiwang.foundation.agreements.definitions import Citation, Cited, RequestView
from yiwang.foundation.laws import queries as laws
from yiwang.kernel.moments import legal_date, now
from yiwang.kernel.refusals import Refusal

HELP: Final = "写成《……法》第……条，每行一条；法规库里没有的写在“什么职责”里"
HELP_OF_GRANT: Final = "写成《……法》第……条，每行一条"
_LONGEST: Final = 4000


def articles_in(request: HttpRequest) -> tuple[Cited, ...]:
    """What was typed into the box of articles; InvalidInput says which piece was not recognised."""
    found, unread = laws.read_citations(request.POST.get("articles", "")[:_LONGEST])
    if unread:
        sentence = f"“{unread[0][:40]}”看不出是哪部法规的哪一条"
        remedy = "，请写成《……法》第……条；款、项和说明写在“什么职责”里"
        raise typed.wrong("articles", sentence, remedy)
    return found


def typed_out(articles: Iterable[Citation | Cited]) -> str:
    """One a line, as they would be typed."""
    return "\n".join(f"《{one.law}》{one.article}" for one in articles)


def bases_of(items: Iterable[str], needs: Iterable[str] = ()) -> tuple[Cited, ...]:
    """The articles of laws held here that service items name as their basis, each once; ``needs``: further ones
    as a need names them."""
    found, _unread = laws.read_citations("\n".join(needs))
    named = list(found)
    for code in items:
        version = catalogue.find_item(code)
        named += [Cited(one.law, one.article) for one in version.item.basis] if version else []
    held = dict.fromkeys(_held(one) for one in named)
    return tuple(one for one in held if one)


def _held(cited: Cited) -> Cited | None:
    """Under the law's whole title; None where nothing of that name holds today."""
    try:
        view = laws.get_article(title=cited.law, article=cited.article, on=legal_date(now()))
    except Refusal:
        return None
    return Cited(view.law_title, view.article)


def known_of(resource: str, departments: Iterable[str]) -> dict[str, str]:
    """What a new request can say before anything is typed: the items that need it, and their basis."""
    needs = queries.list_item_needs(resource, tuple(departments))
    if not needs:
        return {}
    items = tuple(dict.fromkeys(code for code, _basis in needs))
    bases = bases_of(items, (basis for _code, basis in needs))
    return {"basis": "ITEM", "items": "\n".join(items), "articles": typed_out(bases)}


def told_of(view: RequestView) -> tuple[str, ...]:
    """What stands in a request that is about to be signed: each article, and what became of it."""
    found: list[str] = []
    for one in view.articles:
        found.append(f"依据{one.label}{f'（{one.doubt_label}）' if one.doubt else ''}：")
        found += [line.removeprefix("- ") for line in one.text.splitlines() if line.strip()]
    return tuple(found)
