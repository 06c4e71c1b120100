"""The articles a request and its grant stand on, with their text as it was (0365)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yiwang.foundation.agreements.models.sharing import DataGrant, DataRequest
from yiwang.foundation.resources.definitions import BasisDoubt


class CitedArticle(models.Model):
    """依据的条文: one article of the library of laws, cited by one request or by one grant.

    ``digest``: of the text that was noted; ``doubt``: what became of the article since ``doubt_on``.
    """

    request = models.ForeignKey(
        DataRequest, on_delete=models.CASCADE, null=True, related_name="citations"
    )
    grant = models.ForeignKey(
        DataGrant, on_delete=models.CASCADE, null=True, related_name="citations"
    )
    position = models.PositiveSmallIntegerField()
    law = models.CharField(max_length=300)
    article = models.CharField(max_length=24)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    published = models.DateField()  # the version it was noted from
    noted_on = models.DateField()
    doubt = models.CharField(max_length=8, blank=True, default="", db_default="")
    doubt_on = models.DateField(null=True)

    class Meta:
        db_table = "agreements_cited_article"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cited_by_one_matter",
                condition=Q(request__isnull=True, grant__isnull=False)
                | Q(request__isnull=False, grant__isnull=True),
            ),
            models.CheckConstraint(
                name="cited_doubt_has_its_day",
                condition=Q(doubt="", doubt_on__isnull=True)
                | Q(doubt__in=list(BasisDoubt), doubt_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["request", "law", "article"], name="cited_once_by_a_request"
            ),
            models.UniqueConstraint(
                fields=["grant", "law", "article"], name="cited_once_by_a_grant"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["law", "article", "digest"], name="cited_by_article"),
            models.Index(fields=["request"], name="cited_doubted_asked", condition=~Q(doubt="")),
            models.Index(fields=["grant"], name="cited_doubted_given", condition=~Q(doubt="")),
        ]

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"
