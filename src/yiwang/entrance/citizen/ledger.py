"""The public ledger for everybody; and the proof a person takes along of his own matters."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yiwang.capability.cases import queries as cases
from yiwang.entrance.citizen import reads
from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, CITIZEN, access
from yiwang.foundation.ledger import actions, queries
from yiwang.foundation.ledger.definitions import JOURNAL, AlarmKind
from yiwang.kernel import moments
from yiwang.kernel.actor import Actor
from yiwang.kernel.refusals import Refusal
from yiwang.mechanisms.journal import queries as journal
from yiwang.mechanisms.journal.definitions import READ, Entry

#: Questions one address may ask in a minute.
PER_MINUTE = 60
_SHOWN = 10
#: Alarms about others are for those who run them; these say that ours is in question.
_OURS = (AlarmKind.SOURCE_CHANGED, AlarmKind.SHRUNK, AlarmKind.REWRITTEN, AlarmKind.REFUSED)


@access(ANYONE)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The newest checkpoints, who countersigned them, and the way from a number to its proof."""
    pace.slow_down(request, what="ledger-page", per_minute=PER_MINUTE)
    rows = queries.list_checkpoints(limit=_SHOWN)
    witnesses = queries.list_witness_signatures([row.number for row in rows])
    typed = request.GET.get("number", "").strip()[:20]
    values: dict[str, Any] = {
        "rows": [(row, [one["witness"] for one in witnesses.get(row.number, ())]) for row in rows],
        "keys": _fingerprints(),
        "doubts": [alarm for alarm in queries.list_alarms() if alarm.kind in _OURS],
        "typed": typed,
        "wrong": "",
    }
    if typed:
        values |= _found(typed)
    return render(request, "citizen/ledger/ledger.html", values)


def _found(typed: str) -> dict[str, Any]:
    if not typed.isdecimal() or not typed.isascii() or not 0 < int(typed) < 2**62:
        return {"wrong": _("编号是从 1 开始的整数")}
    try:
        proof = queries.prove_inclusion(tree=JOURNAL, number=int(typed))
    except Refusal as refusal:
        return {"wrong": refusal.sentence}
    path = [step.hex() for step in proof.path]
    return {"proof": proof, "leaf": proof.leaf.hex(), "path": path}


def _fingerprints() -> list[tuple[str, str]]:
    newest = queries.find_newest()
    if newest is None:
        return []
    told = queries.list_witness_signatures([newest.number]).get(newest.number, ())
    return queries.fingerprints_of(queries.keys_of(newest, told))


@access(ANYONE)
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks proofs without us: one file."""
    del request
    response = HttpResponse(queries.verifier_text(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="yiwang_verify.py"'
    return response


@access(CITIZEN, scope="cases:read")
@require_safe
def case_proof(request: HttpRequest, key: str) -> HttpResponse:
    """One file that proves what happened in my case, for a court or whoever doubts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case = cases.get_case(key, actor)
    labels = {row.at: row.label for row in case.timeline}
    own = {actor.reference, case.applicant, case.reference}
    shown = [
        actions.Shown(entry, labels.get(entry.at, entry.act), _is_open(entry, own))
        for entry in journal.list_entries(subject=case.reference)
    ]
    return _file(actions.prove_entries(shown, at=moments.now()), f"proof-{case.case_no}")


@access(CITIZEN, own=True)
@require_safe
def reads_proof(request: HttpRequest) -> HttpResponse:
    """One file that proves who looked at my data, as far as one page of the list goes."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    entries, _more = reads.page_of_looks(request, actor)
    own = {actor.reference, actor.applicant}
    shown = [actions.Shown(entry, _("查看"), _is_open(entry, own)) for entry in entries]
    return _file(actions.prove_entries(shown, at=moments.now()), "proof-reads")


def _is_open(entry: Entry, own: Collection[str]) -> bool:
    """May its holder read the body? Facts of his matter, his own acts, and looks at his data that
    name nobody else; whatever else is proven by its digest alone."""
    if entry.is_event or entry.actor in own:
        return True
    return entry.act == READ and {entry.subject, *entry.subjects} <= set(own)


def _file(document: Mapping[str, Any], name: str) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["Cache-Control"] = "no-store"
    return response
