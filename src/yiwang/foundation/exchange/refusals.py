"""Why a service, a system or a key cannot be had."""

from __future__ import annotations

from yiwang.kernel.refusals import Refusal


class SystemTaken(Refusal):
    sentence = "这个系统编码已经登记过。"
    remedy = "请换一个编码，或为已登记的系统发放新密钥。"


class KeyOver(Refusal):
    sentence = "这个密钥已经停用。"
    remedy = "请为系统发放新密钥。"


class ServiceTaken(Refusal):
    sentence = "这个服务编码已经发布过。"
    remedy = "请修改已有的服务，或换一个编码。"


class CannotSign(Refusal):
    sentence = "平台上没有这个系统可用的共享密钥，不能代它签名。"
    remedy = "请先为系统发放一个密钥；用自己的 SM2 密钥签名的系统请从系统本身试。"


class AlertAnsweredAlready(Refusal):
    sentence = "这个异常已经有人处理了。"
    remedy = "请刷新后看处理的结果。"
