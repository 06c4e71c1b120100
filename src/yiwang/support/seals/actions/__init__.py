"""Sealing documents, and at the host: sealing for members, and the list of who may."""

from yiwang.support.seals.actions.offering import offer_sealing as offer_sealing
from yiwang.support.seals.actions.permits import permit as permit
from yiwang.support.seals.actions.permits import revoke as revoke
from yiwang.support.seals.actions.sealing import seal as seal
from yiwang.support.seals.actions.serving import seal_for_member as seal_for_member
