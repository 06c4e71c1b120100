"""What 容缺, 告知承诺 and fees must keep to: never the only road, always a term, a source, a consequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from yiwang.capability.catalogue.definitions import (
    Commitment,
    CommitmentKind,
    Item,
    Limit,
    Material,
    MaterialSource,
    PackProblem,
    Profile,
    Tolerance,
)

Problems = Iterator[PackProblem]
#: Procedures with an acceptance from which a late material's term is counted.
_ACCEPTING: Final = (Profile.LICENCE, Profile.BENEFIT, Profile.CONFIRMATION)


def check_tolerance(item: Item) -> Problems:
    """Only a needed upload that is not the main one; with a term and where it comes from."""
    for material in item.materials:
        if material.source is MaterialSource.COMMITTED:
            said = "COMMITTED 只在申请人选了承诺时由系统标出。"
            yield _say(
                f"materials.{material.key}.source", said, "请改来源，写进 commitment.replaces。"
            )
        if material.tolerance is not None:
            yield from _one_tolerance(item, material, material.tolerance)
    needed = [m for m in item.materials if m.required and m.source is MaterialSource.UPLOADED]
    others = [m for m in item.materials if m.source is not MaterialSource.UPLOADED]
    if needed and not others and all(m.tolerance for m in needed):
        yield _say("materials", "所有材料都能后补，就没有主要材料了。", "主要材料不能容缺。")


def _one_tolerance(item: Item, material: Material, given: Tolerance) -> Problems:
    here = f"materials.{material.key}.tolerance"
    if material.source is not MaterialSource.UPLOADED or not material.required:
        yield _say(here, "只有必须交、由申请人上传的材料才谈得上后补。", "请删去。")
    if item.profile not in _ACCEPTING:
        yield _say(here, "这种办理程序没有容缺受理。", "请删去，或核对 profile。")
    yield from _limit(here, Limit(given.within, "", given.local, given.basis))


def check_commitment(item: Item) -> Problems:
    """The ordinary road stays open; the text names what is promised, the liability and the check."""
    if item.profile is Profile.COMMITMENT:
        said = "普通方式要一直保留，不能只有承诺一条路。"
        yield _say("profile", said, "请写普通方式的办理程序，承诺写在 commitment 里。")
    promise = item.commitment
    if promise is None:
        return
    yield from _choice(item, promise)
    yield from _replaced(item, promise)
    yield from _limit("commitment.check", promise.check)
    if not promise.check.how:
        yield _say("commitment.check.how", "没有写事后怎么核查。", "请写明核查方式。")
    if promise.correction is not None:
        yield from _limit("commitment.correction", promise.correction)
    if not promise.basis and not promise.local:
        yield _say(
            "commitment.basis", "告知承诺没有依据，也没有标为本地。", "请补依据或标 local: true。"
        )
    if promise.kind is CommitmentKind.PERMIT and promise.decide is None:
        yield _say("commitment.decide", "没有写承诺以后多久作出决定。", "请写 decide。")
    elif promise.kind is CommitmentKind.PERMIT and promise.decide is not None:
        yield from _limit("commitment.decide", promise.decide, may_be_nothing=True)
    elif promise.decide is not None:
        yield _say("commitment.decide", "证明事项的承诺不改变办理时限。", "请删去 decide。")


def _choice(item: Item, promise: Commitment) -> Problems:
    """One question chooses, and at least one of its answers leads along the ordinary road."""
    known = {q.key: {o.value for o in q.options} for q in item.questions}
    if len(promise.when) != 1:
        said = "用哪种方式办要由指南里的一个问题来选。"
        yield _say("commitment.when", said, "请只写一个问题。")
    for key, answers in promise.when.items():
        if key in known and not set(answers) < known[key]:
            said = "每个答案都通向承诺，申请人没得选。"
            yield _say("commitment.when", said, "请给普通方式留一个选项。")
        if not answers:
            yield _say("commitment.when", "没有写哪个答案是承诺。", "请写选项的 value。")


def _replaced(item: Item, promise: Commitment) -> Problems:
    uploads = {m.key for m in item.materials if m.source is MaterialSource.UPLOADED}
    if promise.kind is CommitmentKind.PROOF and not promise.replaces:
        yield _say("commitment.replaces", "没有写承诺代替哪些证明。", "请写材料的 key。")
    for key in promise.replaces:
        if key not in uploads:
            said = f"没有要上传的“{key}”。"
            yield _say("commitment.replaces", said, "承诺只能代替要申请人交的材料。")


def _limit(here: str, limit: Limit, *, may_be_nothing: bool = False) -> Problems:
    if limit.within.amount == 0 and not may_be_nothing:
        yield _say(f"{here}.within.amount", "期限是 0。", "请写期限。")
    if not limit.basis and not limit.local:
        yield _say(
            f"{here}.local", "期限没有依据，也没有标为本地。", "请补 basis 或标 local: true。"
        )


def check_fee(item: Item) -> Problems:
    """Fees only by law or regulation, at a published tariff (行政许可法 58, 59)."""
    fee = item.fee
    if not fee.charged:
        if fee.amount_fen:
            yield _say("fee.charged", "写了金额，却写着不收费。", "请核对。")
        return
    if not fee.basis:
        yield _say("fee.basis", "收费没有法律、行政法规依据。", "请写依据；没有依据不得收费。")
    if not fee.explanation:
        yield _say("fee.explanation", "没有写按什么标准收、什么时候交。", "请写 explanation。")


def _say(key: str, sentence: str, remedy: str) -> PackProblem:
    return PackProblem("item.yaml", key, sentence, remedy)
