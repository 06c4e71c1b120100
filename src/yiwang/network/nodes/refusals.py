"""Every way nodes say no."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class NotRegistry(Refusal):
    sentence = "只有登记机构能做这件事，本节点不是。"
    remedy = "请在登记机构（主节点）上办理。"


class IsRegistry(Refusal):
    sentence = "本节点就是登记机构，不从别处取配置。"
    remedy = "设置了 YIWANG_REGISTRY 的节点才取配置。"


class UnknownPart(Refusal):
    status = 422
    sentence = "没有这一种配置文档。"
    remedy = "现有：members、grants。"


class CannotTake(Refusal):
    """A document that is not taken; what was taken before stays in force."""

    sentence = "收到的配置文档不能用，没有采用，仍按原来的执行。"
    remedy = "请与登记机构联系。"


class WrongSignature(CannotTake):
    sentence = "配置文档的签名不对：不是登记机构签的，或内容被改动。没有采用。"


class RolledBack(CannotTake):
    sentence = "收到的配置文档比现有的旧，没有采用。"
    remedy = "登记机构可能恢复过备份，请与它联系。"


class Forked(CannotTake):
    sentence = "同一版本的配置文档有两份不同的内容，没有采用。"
    remedy = "这说明登记机构或传输路上有问题，请保留两份并联系登记机构。"


class Outdated(CannotTake):
    sentence = "配置文档已过有效期或签发时间不对，没有采用。"
    remedy = "请检查本机时钟，再与登记机构联系。"


class NotForUs(CannotTake):
    sentence = "这份配置文档不是给本节点的，没有采用。"
    remedy = "请检查 YIWANG_NODE 是否与登记的代码一致。"
