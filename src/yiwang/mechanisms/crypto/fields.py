"""Model fields that are cipher text in the database and plain values in Python.

Look-ups by value are impossible on purpose: keep a ``keyed_index`` column beside the field.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models.lookups import IsNull, Lookup

from yiwang.mechanisms.crypto import actions


class EncryptedText(models.TextField):  # type: ignore[type-arg]
    """SM4-GCM text. ``purpose`` binds the cipher to its column; by default
    ``<app label>.<model>.<field>``. Give it explicitly before renaming a model or field."""

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.given_purpose = purpose
        super().__init__(*args, **kwargs)

    @property
    def purpose(self) -> str:
        meta = self.model._meta
        return self.given_purpose or f"{meta.app_label}.{meta.model_name}.{self.name}"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.given_purpose:
            kwargs["purpose"] = self.given_purpose
        return name, path, args, kwargs

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        """Only ``isnull``: equal values have different cipher texts."""
        return IsNull if lookup_name == "isnull" else None

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return actions.encrypt(str(value), purpose=self.purpose)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None or value == "":
            return value
        return actions.decrypt(value, purpose=self.purpose)


class EncryptedJSON(EncryptedText):
    """Any JSON value, closed as one text."""

    _pyi_private_set_type: Any  # what the type checker lets in and out
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return actions.encrypt(text, purpose=self.purpose)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return json.loads(actions.decrypt(value, purpose=self.purpose))

    def to_python(self, value: Any) -> Any:
        return value
