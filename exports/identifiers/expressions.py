"""What plain cases are made of in the engine; every text that is given is left as it is."""

from __future__ import annotations

from sqlglot import exp

from exports.identifiers.normalised import PlainCase


def itself(value: exp.Expr, region: str | None) -> exp.Expr:
    """The text, where it is normalised as it stands."""
    del region
    return value.copy()


def lowered(value: exp.Expr) -> exp.Expr:
    """The text in lower case: made once for each identity (exports/identifier_table.py)."""
    return exp.Lower(this=value.copy())


def as_known_or_trimmed(case: PlainCase) -> tuple[PlainCase, PlainCase]:
    """The same of a text as it is known, and trimmed: most have no spaces around them, and to look for some takes as
    long as the case itself.
    """

    def trimmed(value: exp.Expr) -> exp.Expr:
        return exp.Trim(this=value.copy())

    return case, PlainCase(
        lambda value, region: case.holds(trimmed(value), region),
        lambda value, region: case.value(trimmed(value), region),
    )


def matches(value: exp.Expr, pattern: str) -> exp.Expr:
    """Whether all of a text matches."""
    return exp.Anonymous(this="regexp_full_match", expressions=[value.copy(), exp.Literal.string(pattern)])
