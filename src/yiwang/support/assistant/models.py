"""The search index: one row per thing that can be found, and how often each lexeme occurs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchEntry(models.Model):
    """One thing as it is looked up; ``weight`` lifts what can be done here.

    ``vector`` holds words (w…, weight A), words of synonyms (C) and sounds (s…, i…, D);
    ``bigrams`` neighbouring characters of name and synonyms.
    """

    kind = models.CharField(max_length=12)  # ITEM today
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=300)
    department_name = models.CharField(max_length=120, blank=True)
    one_line = models.CharField(max_length=400, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    weight = models.SmallIntegerField(default=0)
    synonyms = ArrayField(models.CharField(max_length=60), default=list)
    vector = SearchVectorField()
    bigrams = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code"], name="assistant_entry_once")
        ]
        indexes: ClassVar = [
            GinIndex(fields=["vector"], name="assistant_vector", fastupdate=False),
            GinIndex(fields=["bigrams"], name="assistant_bigrams", fastupdate=False),
        ]


class LexemeFrequency(models.Model):
    """In how many entries a lexeme occurs; rare ones are looked up first and say more."""

    lexeme = models.CharField(max_length=80, unique=True)
    documents = models.PositiveIntegerField()
