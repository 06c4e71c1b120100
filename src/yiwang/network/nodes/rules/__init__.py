"""What may be believed, what two nodes share, what a node may ask. Pure: the exchange process, which has
no Django, uses it too."""

from yiwang.network.nodes.rules.documents import (
    SCHEME,
    as_wire,
    believe,
    canonical,
    covered,
    have_text,
    insist_on_time,
    moment,
    read_document,
    read_have,
    spelled,
    to_send,
)
from yiwang.network.nodes.rules.pairs import is_code, pair_info, pair_key, request_text
from yiwang.network.nodes.rules.requests import (
    admit,
    as_asked,
    asked_text,
    clock_words,
    is_address,
    read_asked,
    to_keep,
)

__all__ = [
    "SCHEME",
    "admit",
    "as_asked",
    "as_wire",
    "asked_text",
    "believe",
    "canonical",
    "clock_words",
    "covered",
    "have_text",
    "insist_on_time",
    "is_address",
    "is_code",
    "moment",
    "pair_info",
    "pair_key",
    "read_asked",
    "read_document",
    "read_have",
    "request_text",
    "spelled",
    "to_keep",
    "to_send",
]
