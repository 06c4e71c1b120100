"""Why a subscription or a waiting message cannot be treated so."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class CannotSubscribe(Refusal):
    sentence = "不能订阅这个主题。"
    remedy = "请先取得方式为“消息订阅”、已经生效的共享授权。"


class SubscribedAlready(Refusal):
    status = 409
    sentence = "这个系统已经订阅了这个主题。"
    remedy = "请修改已有的订阅。"


class CallbackForbidden(Refusal):
    status = 422
    sentence = "回调地址不允许访问。"
    remedy = "请用 https 的公网地址；内网地址须由运维人员准许。"


class SubscriptionOver(Refusal):
    status = 409
    sentence = "这个订阅已经结束。"
    remedy = "需要时请重新订阅。"


class NotDead(Refusal):
    status = 409
    sentence = "这条消息不是死信，或者已经处理过。"
    remedy = "请刷新页面查看最新情况。"
