"""The statement that normalises the identities of members in the engine."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlglot import exp

from exports.identifiers.expressions import lowered

if TYPE_CHECKING:
    from exports.partners.profile import IdentityColumn


def identifiers_statement(
    columns: tuple[IdentityColumn, ...], identity_types: tuple[str, ...], region: str | None
) -> str:
    """`create table identifier`: mpid, place (the column's), value, is_digest.

    Of the identities of the table `member` in `sendable_identity`. `value` is normalised, and `is_digest` false; where the
    engine can't tell by itself `is_digest` is null, and `value` as it is known.
    """
    wanted = [
        (kind, place)
        for place, column in enumerate(columns)
        for kind in column.identity_types
        if kind in identity_types
    ]
    text = exp.column("identity_value", "known")
    place = exp.column("place", "wanted")
    # Rules look at the lower-case text in several places; the engine would make it anew in each.
    value = _value(columns, place, text, region).transform(
        lambda node: exp.column("lowered", "known") if node == lowered(text) else node
    )
    of_columns = exp.select(
        *(
            exp.Unnest(expressions=[exp.Array(expressions=[exp.convert(part) for part in parts])]).as_(name)
            for name, parts in zip(("identity_type", "place"), zip(*wanted, strict=True), strict=True)
        )
    )
    sent = (
        exp.select(
            exp.column("mpid", "known"),
            place.as_("place"),
            value.as_("value"),
            text.as_("text"),
        )
        .from_(exp.to_table("known"))
        .join(exp.to_table("wanted"), using="identity_type")
    )
    known = (
        exp.select(
            "mpid", "identity_type", "identity_value", lowered(exp.column("identity_value")).as_("lowered")
        )
        .from_(exp.to_table("sendable_identity"))
        .where(exp.column("mpid").isin(exp.select("mpid").from_("member")))
    )
    query = (
        exp.select(
            "mpid",
            exp.cast(exp.column("place"), "integer").as_("place"),
            exp.func("coalesce", exp.column("value"), exp.column("text")).as_("value"),
            exp.Case().when(exp.column("value").is_(exp.null()).not_(), exp.false()).as_("is_digest"),
        )
        .with_("wanted", as_=of_columns)
        .with_("known", as_=known)
        .with_("sent", as_=sent)
        .from_("sent")
    )
    return exp.Create(this=exp.to_table("identifier"), kind="table", expression=query).sql(dialect="duckdb")


def _value(
    columns: tuple[IdentityColumn, ...], place: exp.Expr, text: exp.Expr, region: str | None
) -> exp.Expr:
    """The plain cases of all columns, each rule written once; null of the others."""
    by_rules = sorted((column.rules.name, place) for place, column in enumerate(columns))
    case = exp.Case()
    for _, group in groupby(by_rules, key=lambda pair: pair[0]):
        places = [place for _, place in group]
        of_rules = exp.Case()
        for plain in columns[places[0]].rules.plain_cases:
            of_rules = of_rules.when(plain.holds(text, region), plain.value(text, region))
        if of_rules.args.get("ifs"):
            case = case.when(place.copy().isin(*places), of_rules)
    return case if case.args.get("ifs") else exp.cast(exp.null(), "varchar")
