"""What plain cases are made of in the engine; every text that is given is left as it is."""

from __future__ import annotations

from sqlglot import exp


def itself(value: exp.Expr, region: str | None) -> exp.Expr:
    """The text, where it is normalised as it stands."""
    del region
    return value.copy()


def lowered(value: exp.Expr) -> exp.Expr:
    """The text trimmed, in lower case: made once for each identity (exports/identifier_table.py)."""
    return exp.Lower(this=exp.Trim(this=value.copy()))


def matches(value: exp.Expr, pattern: str) -> exp.Expr:
    """Whether all of a text matches."""
    return exp.Anonymous(this="regexp_full_match", expressions=[value.copy(), exp.Literal.string(pattern)])
