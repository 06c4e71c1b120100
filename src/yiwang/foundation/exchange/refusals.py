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
