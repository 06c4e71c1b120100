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


class BadRequest(Refusal):
    """Not signed by the key it names, or not a request at all."""

    status = 422
    sentence = "这份节点申请不能用：格式不对，或签名与密钥不符。"
    remedy = "请在申请的节点上重新运行命令。"


class ClockOff(BadRequest):
    sentence = "这份节点申请的时间与登记机构相差超过五分钟。"
    remedy = "请校准两边的时钟后再申请。"


class NodeClockOff(Refusal):
    """A member asked, proven, at a moment that is none of the registry's; which clock is wrong it cannot know."""

    status = 403
    sentence = "本节点的时钟与登记机构相差超过五分钟，登记机构没有受理。"
    remedy = "请校准本节点的时钟（时间同步服务 NTP）；本节点准确的，请登记机构核对它的时钟。"


class TooManyWaiting(Refusal):
    status = 429
    sentence = "等待确认的节点申请太多。"
    remedy = "请稍后再试，或联系登记机构。"


class CannotJoin(Refusal):
    sentence = "这个节点现在不能加入。"
    remedy = "请在节点列表里看它的状态。"


class FingerprintDiffers(Refusal):
    status = 422
    sentence = "您输入的指纹与这份申请不同，没有确认。"
    remedy = "请与对方打电话再核对；仍不同，就不是对方发来的，请退回。"


class NotMember(Refusal):
    status = 403
    sentence = "登记机构不认识这个节点或它的密钥。"
    remedy = "请先申请加入，并请登记机构确认；更换过密钥的，请检查是否已公布。"


class RegistryAway(Refusal):
    status = 503
    sentence = "登记机构现在联系不上，仍按已有的配置运行。"
    remedy = "请检查网络和 YIWANG_REGISTRY 的地址。"


class CodeDiffers(Refusal):
    status = 422
    sentence = "输入的代码不是本节点的代码，没有退出。"
    remedy = "请照页面上的代码输入。"
