"""Every way the exchange says no, with its code and sentence."""

from __future__ import annotations

from typing import Final

from yiwang.kernel.refusals import Refusal

_ASK_OWN_OFFICE: Final = "请联系本单位数据共享负责人。"


class CannotCall(Refusal):
    """The family of refusals of the exchange; a partner sends its code, and we say it again."""

    status = 400
    sentence = "这次调用没有做成。"
    remedy = "请按交换协议说明检查请求。"


class RequestMalformed(CannotCall):
    sentence = "请求的格式不对。"


class BodyTooLarge(CannotCall):
    status = 413
    sentence = "请求内容太大，最多 1 MB。"
    remedy = "请分批调用。"


class NoSuchAddress(CannotCall):
    status = 404
    sentence = "没有这个地址。"


class CallerUnknown(CannotCall):
    """No such key, ended, over, or its system stopped: the four look alike from outside."""

    status = 401
    sentence = "不认识这个密钥，或者它已经停用。"
    remedy = "请用有效的密钥，或向本节点运维人员申请新密钥。"


class CallerNotProven(CannotCall):
    status = 401
    sentence = "请求的签名不对。"
    remedy = "请检查密钥、摘要和参与签名的各项，顺序见交换协议说明。"


class ClockWrong(CannotCall):
    status = 401
    sentence = "请求的时间与本节点相差超过 5 分钟。"
    remedy = "请校准发出请求的机器的时钟。"


class CallRepeated(CannotCall):
    status = 409
    sentence = "这个请求已经收到过。"
    remedy = "每次调用请用新的随机数。"


class TooManyCalls(CannotCall):
    status = 429
    sentence = "调用太快，超过了约定的每秒次数。"
    remedy = "请放慢后重试。"


class ServiceUnknown(CannotCall):
    status = 404
    sentence = "没有这个服务。"
    remedy = "请在资源目录里查找服务编码。"


class ServiceIsStopped(CannotCall):
    status = 503
    sentence = "这个服务已被技术停用。"
    remedy = "请联系提供方。"


class NotGranted(CannotCall):
    status = 403
    sentence = "没有调用这个服务的授权。"
    remedy = "请在数据门户提出共享申请。"


class WayNotGranted(CannotCall):
    """A grant for verification opens no records, one for calls no whole table (条例 20, 25)."""

    status = 403
    sentence = "授权的共享方式不包括这种服务。"
    remedy = "请按授权书写明的方式调用，或按需要的方式另行申请共享。"


class GrantIsOver(CannotCall):
    status = 403
    sentence = "授权不在有效期内，或已被暂停、撤销。"
    remedy = _ASK_OWN_OFFICE


class PurposeNotGranted(CannotCall):
    status = 403
    sentence = "授权里没有这个用途。"
    remedy = "请按授权书写明的用途调用，或申请变更授权。"


class ItemNotGranted(CannotCall):
    status = 403
    sentence = "授权里没有这个事项。"
    remedy = "请按授权书写明的事项调用，或申请变更授权。"


class CaseNeeded(CannotCall):
    status = 403
    sentence = "这项授权要求说明为哪个办件调用。"
    remedy = "请在 case 里写办件编号。"


class FieldNotGranted(CannotCall):
    status = 403
    sentence = "要了授权之外的字段。"
    remedy = "请只要授权书列出的字段。"


class QuotaUsedUp(CannotCall):
    status = 429
    sentence = "今天的调用次数已经用完。"
    remedy = "请明天再试，或申请增加次数。"


class ParameterMissing(CannotCall):
    status = 422
    sentence = "缺少服务要求的参数。"
    remedy = "服务的参数见它的接口说明。"


class MessageNotGenuine(CannotCall):
    """Altered, cut, for another node, with a key that does not hold, or from a stranger: the five
    look alike from outside."""

    status = 401
    sentence = "节点间的消息没有通过校验。"
    remedy = "请检查两个节点的密钥和成员名单是否最新。"


class PartnerUnknown(CannotCall):
    status = 404
    sentence = "没有这个节点，或它已经退出。"


class PartnerBusy(CannotCall):
    status = 503
    sentence = "对方同时在办的调用太多。"
    remedy = "请稍后重试。"


class PartnerAway(CannotCall):
    status = 502
    sentence = "对方现在没有答复。"
    remedy = "请稍后重试；急用时请先按无法核验处理。"


class ClocksDiffer(CannotCall):
    """Another node did not take our message for its time; which of the two is wrong nobody knows."""

    status = 502
    sentence = "本节点与对方节点的时钟相差超过 5 分钟，对方没有受理。"
    remedy = "请两边的运维人员核对时钟（时间同步服务）后重试。"


class PartnerNonsense(CannotCall):
    status = 502
    sentence = "对方的答复不合约定，没有采用。"
    remedy = "请联系提供方检查它的服务。"


class SourceRefuses(CannotCall):
    """The service behind is well and says 400 or 422: the question is not as it wants it."""

    status = 422
    sentence = "提供方的系统不接受这个问题。"
    remedy = "请对照服务的接口说明检查参数的格式；参数都对时请联系提供方。"


class SourceUnclear(CannotCall):
    """404 without a word: no such record, or no such address; nothing is concluded from it."""

    status = 502
    sentence = "提供方的系统答复“没有”，但没有说明是没有这条记录还是地址不对。"
    remedy = "请提供方在答复里写明 NOT_FOUND，见交换协议说明。"


class ReplyTooLarge(CannotCall):
    status = 502
    sentence = "对方的答复超过约定的大小，没有采用。"
    remedy = "请缩小查询范围；登记的大小在 10 MB 以上的服务请用大答复（streams）取；或联系提供方。"


class SpoolFull(CannotCall):
    """What is too large for memory finds no room on the disk of a node it has to pass."""

    status = 503
    sentence = "交换节点没有地方暂存这么大的答复。"
    remedy = "请稍后重试，或缩小查询范围；一再出现时请联系本节点运维人员。"


class CallerLeft(CannotCall):
    """Nobody hears it: it stands in the receipts."""

    status = 408
    sentence = "调用方在大答复取齐之前断开了连接。"
    remedy = "请重新调用，并等到答复取齐（最长五分钟）。"


class ReplyGone(CannotCall):
    """A part of a large reply that was fetched, waited too long, or never lay here for who asks."""

    status = 404
    sentence = "这份大答复已经不再保留。"
    remedy = "请用新的随机数重新调用。"


class AddressForbidden(CannotCall):
    status = 502
    sentence = "服务登记的地址不允许访问。"
    remedy = "请提供方检查登记的地址；内网地址须由运维人员准许。"


class ExchangeAway(CannotCall):
    status = 503
    sentence = "交换节点现在不能登记回执，所以不办理调用。"
    remedy = "请稍后重试。"


class TopicUnknown(CannotCall):
    status = 404
    sentence = "没有这个消息主题。"
    remedy = "请在资源目录里查找主题编码；消息在主题所在的节点发布。"


class NotPublisher(CannotCall):
    status = 403
    sentence = "这个主题不归本系统所属的部门发布。"
    remedy = "请用提供部门自己的系统发布。"


class MessageTooLarge(CannotCall):
    status = 413
    sentence = "消息太大，最多 64 KB。"
    remedy = "消息只写发生了什么；详细数据请对方另行查询。"


class MessageMalformed(CannotCall):
    status = 422
    sentence = "消息的内容不合主题的约定。"
    remedy = "请只写主题登记的字段，见它的接口说明。"


class KeyUsedOtherwise(CannotCall):
    """The same key with another body: one of the two is a mistake."""

    status = 409
    sentence = "这个消息键发布过不同的内容。"
    remedy = "新的事情请用新的键；重试时内容不能变。"


class QueueIsFull(CannotCall):
    status = 503
    sentence = "等待送达的消息已到上限，暂不再收。"
    remedy = "请稍后重试；订阅方的积压由运维人员处理。"


class SubscriptionUnknown(CannotCall):
    status = 404
    sentence = "本系统没有订阅这个主题，或者订阅已经停止。"
    remedy = "请由本单位数据专员在数据门户订阅。"


class ByCallback(CannotCall):
    status = 409
    sentence = "这个订阅用回调送达，不能再自行取走。"
    remedy = "要自行取走，请先把订阅改为不用回调。"


def by_code(code: str) -> type[CannotCall]:
    """The refusal a partner names; of one we do not know, only that it was no."""
    return _BY_CODE.get(code, CannotCall)


_BY_CODE: Final = {kind.__name__: kind for kind in CannotCall.__subclasses__()}
#: Nothing is known then: the caller may go on as if the source were silent.
AWAY: Final = (
    PartnerAway,
    PartnerBusy,
    PartnerNonsense,
    ClocksDiffer,
    SourceUnclear,
    ReplyTooLarge,
    SpoolFull,
    ReplyGone,
    AddressForbidden,
    ExchangeAway,
    ServiceIsStopped,
    QueueIsFull,
)
