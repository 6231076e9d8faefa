"""Spaces within names, about which partners' own pages and libraries disagree."""

from __future__ import annotations

from exports.partners.profile import Option

SPACES = Option(
    "spaces",
    "what becomes of spaces within first and last names before they are hashed",
    (("keep", "they stay"), ("leave_out", "they are left out")),
)
