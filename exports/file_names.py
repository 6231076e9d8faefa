"""What files are called."""

from __future__ import annotations

from urllib.parse import quote


def file_stem(audience_id: str, variant: str | None) -> str:
    """`<audience>[-<variant>]`; what a file name can't hold of a variant's name is percent-encoded."""
    return audience_id if variant is None else f"{audience_id}-{quote(variant, safe=' ')}"
