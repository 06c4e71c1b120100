"""Requests for data, the grants that come of them, what they cite, what their use was."""

from yiwang.foundation.agreements.models.citations import CitedArticle
from yiwang.foundation.agreements.models.sharing import DataGrant, DataRequest, UsageReport

__all__ = ["CitedArticle", "DataGrant", "DataRequest", "UsageReport"]
