"""Why something cannot go up."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class NothingAbove(Refusal):
    sentence = "这个平台没有接入上级平台。"
    remedy = "请运维用 YIWANG_UPPER_DRIVER 指定上级平台的驱动。"


class CannotBeChanged(Refusal):
    sentence = "这份申请不能再更正或撤回。"
    remedy = "上级平台已经答复，或者已经撤回；还要用的，请另行申请。"


class AlreadyAsked(Refusal):
    sentence = "同样的申请已经报上去了，上级平台还没有答复。"
    remedy = "请在“上级平台”页看这份申请；内容变了的，用“更正”。"


class AlreadyAnswered(Refusal):
    sentence = "这份申请已经答复过。"
    remedy = "请刷新页面看答复。"
