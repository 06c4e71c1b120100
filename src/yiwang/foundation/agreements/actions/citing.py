"""Articles cited by requests and grants: noted with their text, carried over, compared again (0363, 0365)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from yiwang.foundation.agreements import citing, queries
from yiwang.foundation.agreements.actions.moving import locked_grant, move
from yiwang.foundation.agreements.definitions import (
    GRANT,
    GrantAct,
    GrantState,
    GrantView,
    Origin,
)
from yiwang.foundation.agreements.definitions.citations import MOST_ARTICLES
from yiwang.foundation.agreements.events import CitationsChanged
from yiwang.foundation.agreements.models import CitedArticle, DataGrant, DataRequest
from yiwang.foundation.laws import queries as laws
from yiwang.foundation.laws.definitions import Cited
from yiwang.foundation.resources.definitions import BasisDoubt, doubt_of
from yiwang.kernel.actor import Actor
from yiwang.kernel.moments import legal_date
from yiwang.kernel.refusals import FieldProblem, InvalidInput, Refusal
from yiwang.mechanisms.journal import actions as journal

_AT_ONCE: Final = 200
_SAY_OTHERWISE: Final = "，请核对；本平台法规库里没有的，写在“什么职责”里"
#: Requests ("request") and grants ("grant") by their ids.
_Matter = tuple[str, int]


def problems_of(cited: Sequence[Cited], at: datetime) -> Iterator[FieldProblem]:
    """What is wrong with the articles of a request: too many, or nothing of that name holds today."""
    if len(cited) > MOST_ARTICLES:
        yield FieldProblem("articles", f"依据的条文超过 {MOST_ARTICLES} 条", "，请只写主要的")
        return
    for one in cited:
        try:
            laws.get_article(title=one.law, article=one.article, on=legal_date(at))
        except Refusal as refusal:
            yield FieldProblem("articles", refusal.sentence.rstrip("。"), _like(one.law))


def note(row: DataRequest | DataGrant, cited: Sequence[Cited], at: datetime) -> None:
    """What it cites from today on, each with its text as it holds today; takes the place of what was noted.

    Refusals: ``InvalidInput`` where an article does not hold.
    """
    if found := tuple(problems_of(cited, at)):
        raise InvalidInput(fields=found)
    on = legal_date(at)
    views = [laws.get_article(title=one.law, article=one.article, on=on) for one in cited]
    once = {(view.law_title, view.article): view for view in views}
    row.citations.all().delete()
    row.citations.bulk_create(
        CitedArticle(
            **_owner(row),
            position=position,
            law=view.law_title,
            article=view.article,
            text=view.text,
            digest=view.digest,
            published=view.version_published,
            noted_on=on,
        )
        for position, view in enumerate(once.values())
    )


def carry_over(row: DataRequest, grant: DataGrant) -> None:
    """The grant stands on what its request cited, as it was noted there."""
    CitedArticle.objects.bulk_create(
        CitedArticle(
            **_owner(grant),
            **{name: getattr(one, name) for name in _CARRIED},
        )
        for one in row.citations.order_by("position")
    )


_CARRIED: Final = (
    "position", "law", "article", "text", "digest", "published", "noted_on", "doubt", "doubt_on",
)  # fmt: skip


@transaction.atomic
def recite(
    *,
    key: str,
    version: int,
    articles: Sequence[Cited],
    words: str,
    actor: Actor,
    at: datetime,
) -> GrantView:
    """The using department says on which articles, as they hold today, a grant stands from now on.

    What changed or is gone is settled by this; the provider reads the words in the grant's past and may
    suspend the grant or ask for its end (条例 27). Refusals: ``InvalidInput``, and those of every act.
    """
    row = locked_grant(key, actor)
    if not articles:
        problem = FieldProblem("articles", "还没有写依据的条文", "，请写现行的法律、法规的条")
        raise InvalidInput(fields=[problem])
    act = GrantAct.RECITE
    move(
        row, machine=GRANT, act=act, version=version, actor=actor, at=at, words=words,
        must_say="核对的结论",
    )  # fmt: skip
    note(row, articles, at)
    journal.record(actor=actor, act=f"agreements.{act}", subject=row.reference, at=at)
    return queries.grant_view(row, actor, at)


def look_at_articles(*, actor: Actor, at: datetime) -> int:
    """Compare every cited article with what it said when it was noted; of how many requests on their way and
    grants in force one is another one, or gone, since the last look.

    Both departments hear of each once; of a request that is not signed yet the asking one alone. The mark goes
    when the article says the same again or the matter cites anew. Grants agreed at another node are looked at
    there. Safe to run twice and at once.
    """
    on = legal_date(at)
    now = {pair: laws.digest_of(title=pair[0], article=pair[1], on=on) for pair in _pairs()}
    wrong = list(dict.fromkeys(matter for pair in now for matter in _wrong(*pair, now[pair])))
    found = 0
    for first in range(0, len(wrong), _AT_ONCE):
        with transaction.atomic():
            some = wrong[first : first + _AT_ONCE]
            found += sum(_settle(matter, now, actor, at) for matter in some)
    return found


def _pairs() -> Sequence[tuple[str, str]]:
    return list(CitedArticle.objects.order_by().values_list("law", "article").distinct())


def _wrong(law: str, article: str, now: str) -> Iterator[_Matter]:
    """Whose mark is not what it should be."""
    rows = CitedArticle.objects.filter(law=law, article=article)
    found = rows.exclude(doubt=BasisDoubt.GONE)
    if now:
        same = rows.filter(digest=now).exclude(doubt="")
        found = rows.exclude(digest=now).exclude(doubt=BasisDoubt.CHANGED) | same
    for request, grant in found.order_by("pk").values_list("request_id", "grant_id"):
        yield ("request", request) if request else ("grant", grant)


def _settle(
    matter: _Matter, now: Mapping[tuple[str, str], str], actor: Actor, at: datetime
) -> bool:
    """Mark the articles of one request or grant; true when its departments are told."""
    side, pk = matter
    rows = CitedArticle.objects.select_for_update().filter(**{f"{side}_id": pk})
    newly = [one for one in rows.order_by("pk") if _mark(one, now, legal_date(at))]
    row = (DataRequest if side == "request" else DataGrant).objects.get(pk=pk)
    if not newly or not _goes_on(row):
        return False
    told = CitationsChanged(
        subject=row.reference,
        at=at,
        consumer=row.consumer,
        provider=row.provider,
        articles="、".join(str(one) for one in newly),
    )
    journal.announce(told, actor=actor)
    return True


def _mark(row: CitedArticle, now: Mapping[tuple[str, str], str], on: date) -> bool:
    """True when it is another article since now; one cited only since the look began is left alone."""
    if (row.law, row.article) not in now:
        return False
    doubt = doubt_of(noted=row.digest, now=now[row.law, row.article])
    if doubt == row.doubt:
        return False
    row.doubt, row.doubt_on = doubt, on if doubt else None
    row.save(update_fields=["doubt", "doubt_on"])
    return bool(doubt)


def _goes_on(row: DataRequest | DataGrant) -> bool:
    if isinstance(row, DataRequest):
        return row.state not in citing.OVER
    return row.state != GrantState.ENDED and row.origin == Origin.LOCAL


def _owner(row: DataRequest | DataGrant) -> dict[str, DataRequest | DataGrant]:
    return {"request" if isinstance(row, DataRequest) else "grant": row}


def _like(title: str) -> str:
    """The remedy, with laws held here that are called nearly so."""
    near = dict.fromkeys(one.title for one in laws.search_laws(title, limit=9))
    near.pop(title, None)
    if laws.find_law(title) is not None or not near:
        return _SAY_OTHERWISE
    return f"，库里相近的有{'、'.join(f'《{one}》' for one in list(near)[:3])}{_SAY_OTHERWISE}"
