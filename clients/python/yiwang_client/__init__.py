"""Call services of a Yiwang exchange node."""

from yiwang_client.answers import Answer, Away, ExchangeError, NotProven, Refused
from yiwang_client.client import Client
from yiwang_client.large import Large
from yiwang_client.messages import Message, Published, callback

__all__ = [
    "Answer",
    "AsyncClient",
    "Away",
    "Client",
    "ExchangeError",
    "Large",
    "Message",
    "NotProven",
    "Published",
    "Refused",
    "callback",
]


def __getattr__(name: str) -> object:
    """``AsyncClient`` needs aiohttp; who only calls synchronously does not."""
    if name == "AsyncClient":
        from yiwang_client.aio import AsyncClient

        return AsyncClient
    raise AttributeError(name)
