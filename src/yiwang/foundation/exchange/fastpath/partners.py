"""Node to node: shared keys, messages sealed for the other and proven, and their answers."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import datetime
from typing import Final

from yiwang.foundation.exchange import breaker
from yiwang.foundation.exchange.fastpath import envelope
from yiwang.foundation.exchange.fastpath.envelope import Head, NotGenuine, PairKeys
from yiwang.foundation.exchange.fastpath.refusals import (
    CannotCall,
    ClockWrong,
    MessageNotGenuine,
    PartnerAway,
    PartnerNonsense,
    PartnerUnknown,
)
from yiwang.foundation.exchange.fastpath.snapshot import Member, MemberKey, Snapshot
from yiwang.foundation.exchange.fastpath.upstreams import Upstreams
from yiwang.kernel import moments
from yiwang.mechanisms.crypto.definitions import KeyId, KeyMissing
from yiwang.mechanisms.crypto.drivers.encrypted_file import EncryptedFileKeyStore
from yiwang.mechanisms.crypto.primitives import Broken
from yiwang.network.nodes import rules as nodes

_log = logging.getLogger("yiwang.exchange")

RELAY: Final = "/exchange/v1/relay"
#: Longer than any service may take.
NODE_SECONDS: Final = 65.0
REPLY_BYTES: Final = 12_000_000
AT_ONCE: Final = 4_096
#: A larger message is opened beside the loop.
LARGE: Final = 256 * 1024


class Partners:
    """What this node shares with others; a pair key is worked out once."""

    def __init__(self, node: str, store: EncryptedFileKeyStore, upstreams: Upstreams) -> None:
        self._node = node
        self._store = store
        self._upstreams = upstreams
        self._pairs: dict[tuple[str, str, str, str], PairKeys] = {}

    async def ask(
        self,
        snapshot: Snapshot,
        code: str,
        kind: str,
        body: bytes,
        *,
        message: str = "",
        seconds: float = NODE_SECONDS,
    ) -> bytes:
        """Another node's answer to one message. PartnerUnknown, PartnerBusy, PartnerAway,
        PartnerNonsense, ReplyTooLarge."""
        now = moments.now()
        partner = snapshot.members.get(code)
        if partner is None or not partner.active:
            raise PartnerUnknown
        head, keys = self._begin(snapshot, partner, kind, message or secrets.token_hex(16), now)
        name = name_of(code)
        with self._upstreams.places.one(name, AT_ONCE):
            if not breaker.may_call(name):
                raise PartnerAway("对方节点连续没有答复，暂停询问半分钟。")
            try:
                sealed = envelope.close_message(keys, head, body)
                raw = await self._upstreams.post(
                    partner.address, RELAY, sealed, seconds=seconds, most=REPLY_BYTES
                )
                if len(raw) > LARGE:
                    answer = await asyncio.to_thread(_opened, keys, head, raw)
                else:
                    answer = _opened(keys, head, raw)
            except CannotCall:
                breaker.failed(name)
                raise
            breaker.succeeded(name)
            return answer

    def open(self, snapshot: Snapshot, raw: bytes, now: datetime) -> tuple[Head, bytes, PairKeys]:
        """A genuine message for this node from an active member. MessageNotGenuine, ClockWrong."""
        try:
            claimed = envelope.read_head(raw)
            keys = self._claimed_keys(snapshot, claimed, now)
            head, body = envelope.open_message(keys, raw, claimed)
        except NotGenuine as error:
            raise MessageNotGenuine from error
        if head.is_reply:
            raise MessageNotGenuine
        if not envelope.is_timely(head.at, now):
            raise ClockWrong
        return head, body, keys

    def _begin(
        self, snapshot: Snapshot, partner: Member, kind: str, message: str, now: datetime
    ) -> tuple[Head, PairKeys]:
        own, theirs = self._own_key(snapshot, now), partner.current(now)
        if theirs is None:
            raise PartnerUnknown
        head = Head(kind, self._node, partner.code, own, theirs.key_id, now, message)
        try:
            return head, self._pair(own, partner.code, theirs)
        except NotGenuine as error:
            raise PartnerUnknown("与这个节点没有共同的密钥。") from error

    def signing_key(self, snapshot: Snapshot) -> KeyId:
        """The key this node signs with: one the others know, its newest where nobody else is."""
        own = snapshot.members.get(self._node)
        known = own.current(moments.now()) if own else None
        return KeyId(known.key_id) if known else self._store.current("sign-node")

    def _own_key(self, snapshot: Snapshot, now: datetime) -> str:
        """The key the others know, while a newer one is being made known."""
        own = snapshot.members.get(self._node)
        key = own.current(now) if own and own.active else None
        if key is None:
            raise PartnerUnknown("本节点还没有加入网络。", "请先加入网络，再调用其他节点的服务。")
        return key.key_id

    def _claimed_keys(self, snapshot: Snapshot, head: Head, now: datetime) -> PairKeys:
        own, partner = snapshot.members.get(self._node), snapshot.members.get(head.sender)
        if head.receiver != self._node or partner is None or own is None:
            raise NotGenuine
        theirs = partner.key(head.sender_key, now)
        if not partner.active or theirs is None or own.key(head.receiver_key, now) is None:
            raise NotGenuine
        return self._pair(head.receiver_key, partner.code, theirs)

    def _pair(self, own_key: str, code: str, theirs: MemberKey) -> PairKeys:
        name = (own_key, code, theirs.key_id, theirs.point)
        if name not in self._pairs:
            try:
                shared = nodes.pair_key(
                    self._store.get(KeyId(own_key)),
                    own=(self._node, own_key),
                    partner=(code, theirs.key_id),
                    point=theirs.point,
                )
            except (KeyMissing, Broken, ValueError) as error:
                _log.error("no key is shared with node %s", code)
                raise NotGenuine from error
            self._pairs[name] = envelope.keys_of(shared)
        return self._pairs[name]


def name_of(code: str) -> str:
    """What a node is called among those that may be resting."""
    return f"node {code}"


def _opened(keys: PairKeys, asked: Head, raw: bytes) -> bytes:
    """The answer to that very message, else PartnerNonsense: a stranger may sit at the address."""
    try:
        head, body = envelope.open_message(keys, raw)
    except NotGenuine as error:
        raise PartnerNonsense from error
    if not envelope.answers(head, asked):
        raise PartnerNonsense
    return body
