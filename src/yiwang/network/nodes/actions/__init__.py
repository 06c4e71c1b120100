"""The registry publishes, every node takes."""

from yiwang.network.nodes.actions.membership import begin, publish_members
from yiwang.network.nodes.actions.publishing import publish, renew
from yiwang.network.nodes.actions.taking import take

__all__ = ["begin", "publish", "publish_members", "renew", "take"]
