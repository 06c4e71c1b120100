"""What the ledger refuses as a witness of others."""

from __future__ import annotations

from yiwang.kernel.refusals import InvalidInput, Refusal


class UnknownLedger(Refusal):
    status = 403
    sentence = "这里不见证这个节点的账本。"
    remedy = "只见证成员名单里正常运行的节点，请先加入。"


class CannotReadCheckpoint(InvalidInput):
    sentence = "检查点或证明的格式不对，或者签名不成立。"
    remedy = "请按 docs/look-up/ledger.md 的格式提交签过名的检查点。"


class OlderThanSeen(Refusal):
    sentence = "这个检查点比已经见证过的旧。"
    remedy = "请提交最新的检查点。"


class HistoryDiverges(Refusal):
    """Evidence is kept on this side; the ledger's operator hears it from the refusal."""

    sentence = "这个检查点没有接着这里见证过的那一个，两份签名已作为证据保存。"
    remedy = "请核对账本；数据库恢复过的，要随附恢复时签名的那一行。"
