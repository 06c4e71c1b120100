"""The public ledger: signed checkpoints and proofs, hashes only; and the door for nodes we witness."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.entrance.api.shapes import Given
from yiwang.entrance.shell import pace
from yiwang.entrance.shell.access import ANYONE, access
from yiwang.foundation.ledger import actions, queries
from yiwang.foundation.ledger.definitions import CheckpointView
from yiwang.foundation.ledger.refusals import CannotReadCheckpoint
from yiwang.kernel import moments
from yiwang.kernel.refusals import NotFound

router = Router(tags=["公开账本"])
PER_MINUTE = 120
_LARGEST = 2**62

Tree = Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
Number = Annotated[int, Query(ge=1, le=_LARGEST)]
Before = Annotated[int, Query(ge=0, le=_LARGEST)]
NodeCode = Annotated[str, Query(pattern=r"^[0-9A-Z][0-9A-Z-]{1,31}$")]
_LINES = {
    200: {
        "description": "JSON lines",
        "content": {"application/jsonl": {"schema": {"type": "string"}}},
    }
}


class TreeHeadOut(Schema):
    """How one tree stood. ``hash``: the algorithm."""

    name: str
    hash: str
    size: int
    root: str


class CheckpointOut(Schema):
    """A checkpoint. ``signed``: the line exactly as it was signed; ``keys``: public points by key id."""

    number: int
    at: datetime
    trees: list[TreeHeadOut]
    signed: dict[str, Any]
    witnesses: list[dict[str, Any]]
    keys: dict[str, str]


class CheckpointPageOut(Schema):
    """Newest first; ``next``: give it as ``before``, 0 at the end."""

    rows: list[CheckpointOut]
    next: int


class InclusionOut(Schema):
    """Hashes in hex, from the leaf upward."""

    tree: str
    hash: str
    number: int
    size: int
    leaf: str
    path: list[str]
    root: str
    checkpoint: int


class ConsistencyOut(Schema):
    """What ``yiwang_verify.py consistency`` reads."""

    first: dict[str, Any]
    second: dict[str, Any]
    proofs: dict[str, list[str]]
    keys: dict[str, str]


class LeavesOut(Schema):
    """Leaf hashes from number ``first`` on."""

    tree: str
    first: int
    leaves: list[str]


class SeenOut(Schema):
    """The checkpoint countersigned here; empty when there is none."""

    checkpoint: dict[str, Any] | None


class SubmissionIn(Given):
    """A member node's checkpoint: docs/look-up/ledger.md."""

    checkpoint: dict[str, Any]
    vouch: dict[str, Any]
    proofs: dict[str, Any] = Field(default_factory=dict)
    restorations: list[Any] = Field(default_factory=list, max_length=16)


@router.get("/ledger/checkpoint", response=CheckpointOut, summary="一个检查点")
@access(ANYONE)
def get_checkpoint(request: HttpRequest, number: Before = 0) -> object:
    """The newest signed checkpoint, or the one with this number."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    found = queries.get_checkpoint(number) if number else queries.find_newest()
    if found is None:
        raise NotFound
    return _out([found])[0]


@router.get("/ledger/checkpoints", response=CheckpointPageOut, summary="检查点列表")
@access(ANYONE)
def list_checkpoints(request: HttpRequest, before: Before = 0) -> object:
    """Signed checkpoints, newest first."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    rows = queries.list_checkpoints(before=before)
    more = len(rows) == queries.PAGE and rows[-1].number > 1
    return {"rows": _out(rows), "next": rows[-1].number if more else 0}


@router.get("/ledger/inclusion", response=InclusionOut, summary="包含证明")
@access(ANYONE)
def prove_inclusion(
    request: HttpRequest, tree: Tree, number: Number, checkpoint: Before = 0
) -> object:
    """That the leaf with this number stands in the tree of a checkpoint (the newest)."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    signed = queries.get_checkpoint(checkpoint) if checkpoint else None
    proof = queries.prove_inclusion(tree=tree, number=number, checkpoint=signed)
    return {
        "tree": tree,
        "hash": proof.hash,
        "number": number,
        "size": proof.size,
        "leaf": proof.leaf.hex(),
        "path": [step.hex() for step in proof.path],
        "root": proof.root,
        "checkpoint": proof.checkpoint.number,
    }


@router.get("/ledger/consistency", response=ConsistencyOut, summary="一致性证明")
@access(ANYONE)
def prove_consistency(request: HttpRequest, first: Number, second: Number) -> object:
    """That the second checkpoint extends the first, both by number."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    if first > second:
        raise NotFound
    return actions.prove_consistency(first=first, second=second)


@router.get("/ledger/leaves", response=LeavesOut, summary="叶的散列")
@access(ANYONE)
def list_leaves(
    request: HttpRequest,
    tree: Tree,
    first: Number,
    count: Annotated[int, Query(ge=1, le=queries.LEAVES)] = 256,
) -> object:
    """Enough for anybody to keep the tree himself."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    found = queries.list_leaf_hashes(tree=tree, first=first, count=count)
    return {"tree": tree, "first": first, "leaves": [leaf.hex() for leaf in found]}


@router.get("/ledger/seen", response=SeenOut, summary="在这里见证过的最新检查点")
@access(ANYONE)
def get_seen(
    request: HttpRequest,
    ledger: NodeCode,
    within: Annotated[
        str, Query(max_length=400, pattern=r"^([a-z][a-z0-9-]{0,40}:\d{1,18}(,|$))*$")
    ] = "",
) -> object:
    """Of another node's ledger; ``within`` (``journal:600,exchange:20``): no tree longer than that."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    pairs = (one.split(":") for one in within.split(",") if one)
    sizes = {name: int(size) for name, size in pairs}
    return {"checkpoint": queries.find_seen(ledger, within=sizes or None)}


@router.get(
    "/ledger/statements",
    response={200: str},
    summary="见证记录",
    openapi_extra={"responses": _LINES},
)
@access(ANYONE)
def list_statements(request: HttpRequest, ledger: NodeCode, after: Before = 0) -> HttpResponse:
    """What was signed here as a witness of one ledger, a thousand lines at a time."""
    pace.slow_down(request, what="ledger", per_minute=PER_MINUTE)
    lines = [queries.as_line(told) for told in queries.list_seen(ledger, after=after)]
    return HttpResponse("".join(lines), content_type="application/jsonl")


@router.post("/ledger/witness", response=dict[str, Any], summary="请求见证")
@access(ANYONE)
def witness(request: HttpRequest, given: SubmissionIn) -> object:
    """Countersign a member node's checkpoint; its own signatures say who it is."""
    pace.slow_down(request, what="ledger-witness", per_minute=PER_MINUTE)
    if len(request.body) > 262_144:
        raise CannotReadCheckpoint
    return actions.witness(submission=given.model_dump(), at=moments.now())


def _out(rows: Any) -> list[dict[str, Any]]:
    numbers = [row.number for row in rows]
    witnesses = queries.list_witness_signatures(numbers)
    return [_one(row, witnesses.get(row.number, ())) for row in rows]


def _one(row: CheckpointView, witnesses: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.at,
        "trees": [
            {"name": tree.name, "hash": tree.hash, "size": tree.size, "root": tree.root}
            for tree in row.trees
        ],
        "signed": row.body,
        "witnesses": list(witnesses),
        "keys": queries.keys_of(row, witnesses),
    }
