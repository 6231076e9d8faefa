"""Words of the YAML as the names that generated SQL gives to things."""

from __future__ import annotations

import re
import unicodedata


def plain_name(words: str) -> str:
    """`words` in [a-z0-9_]; empty where nothing of them can stand in a name."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
