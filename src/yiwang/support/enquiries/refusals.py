"""Why an enquiry cannot be made or answered."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class AlreadyAsked(Refusal):
    sentence = "这一条您已经问过了。"
    remedy = "答复会发消息告诉您，也可以在“谁看过我的资料”里看。"


class AlreadyAnswered(Refusal):
    sentence = "这条询问已经答复过了。"
    remedy = "请刷新页面。"


class OwnLook(Refusal):
    sentence = "不能由查询的人自己答复。"
    remedy = "请由本单位另一位数据专员或者数据共享主管部门答复。"
