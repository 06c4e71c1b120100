"""Static files with hashed names, kept for a year by browsers; plain names before collecting."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Like whitenoise's, but pages also render before ``collectstatic`` ran (tests, first look)."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        known: str | None = self.hashed_files.get(self.hash_key(self.clean_name(name)))
        return known or name
