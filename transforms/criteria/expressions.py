"""Small pieces of sqlglot trees that criteria are made of. Every call gives new nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from transforms.documents.durations import Duration

#: Microseconds in the units that intervals are written in.
_UNITS = {"day": 86_400 * 10**6, "hour": 3_600 * 10**6, "minute": 60 * 10**6, "microsecond": 1}
#: Where a common table of a leaf says in words what it holds.
_DESCRIPTION = "description"
#: What dbt renders: the instant of evaluation, and a model by its name.
_AS_OF = "{{ as_of() }}"
_REF = ("{{ ref('", "') }}")
#: Digits that engines read as an exact integer or decimal literal; more are written as a cast of text.
_EXACT_DIGITS = 18


def text(value: str) -> exp.Expr:
    """A text literal."""
    return exp.Literal.string(value)


def number(value: Decimal) -> exp.Expr:
    """An exact literal of a number with at most 29 digits before and 9 after the point."""
    digits = format(value.copy_abs(), "f")
    if len(digits) > _EXACT_DIGITS:
        return exp.cast(exp.Literal.string(format(value, "f")), "decimal(38, 9)")
    literal = exp.Literal.number(digits)
    return exp.Neg(this=literal) if value < 0 else literal


def timestamp(value: date | datetime) -> exp.Expr:
    """An instant in UTC without a zone; a date is its 00:00."""
    return exp.cast(exp.Literal.string(value.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")), "timestamp")


def interval(duration: Duration) -> exp.Expr:
    """A length of time in the largest unit that divides it, days at most (a month is 30 days)."""
    name, length = next(each for each in _UNITS.items() if duration.microseconds % each[1] == 0)
    count = duration.microseconds // length
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this=name))


def as_of() -> exp.Expr:
    """The instant of evaluation, which dbt's macro `as_of()` renders."""
    return exp.Var(this=_AS_OF)


def ago(duration: Duration) -> exp.Expr:
    """`as_of` less a length of time."""
    return as_of() if duration.microseconds == 0 else exp.Sub(this=as_of(), expression=interval(duration))


def model(name: str) -> exp.Table:
    """A dbt model by its name: the compiler's, an audience's id, or an analyst's that was read as a plain word."""
    return exp.Table(this=exp.Identifier(this=name.join(_REF), quoted=False))


def named_models(query: exp.Query) -> tuple[str, ...]:
    """The models that a query reads, each once."""
    names = (_model_name(table) for table in query.find_all(exp.Table))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def over(query: exp.Select, before: str, after: str) -> exp.Select:
    """`query` itself, which reads the model `after` from now on where it read `before`."""
    for table in list(query.find_all(exp.Table)):
        if _model_name(table) == before:
            table.set("this", model(after).this)
    return query


def depends_on_as_of(query: exp.Query) -> bool:
    """Whether the instant of evaluation stands anywhere in a query."""
    return any(variable.this == _AS_OF for variable in query.find_all(exp.Var))


def rendered(query: exp.Query, relation: Callable[[str], exp.Table], instant: exp.Expr) -> exp.Query:
    """The query as dbt would give it to the engine: `relation` in the place of each model, `instant` of as_of."""
    whole = query.copy()
    for table in list(whole.find_all(exp.Table)):
        name = _model_name(table)
        if name is not None:
            named = relation(name)
            table.set("this", named.this)
            table.set("db", named.args.get("db"))
            table.set("catalog", named.args.get("catalog"))
    for variable in list(whole.find_all(exp.Var)):
        if variable.this == _AS_OF:
            variable.replace(instant.copy())
    return whole


def _model_name(table: exp.Table) -> str | None:
    before, after = _REF
    name = table.name
    is_model = name.startswith(before) and name.endswith(after)
    return name.removeprefix(before).removesuffix(after) if is_model else None


def call(function: str, *arguments: exp.Expr) -> exp.Expr:
    """A function of the engine or of the warehouse (`as_number`, …) by its name."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def lower(value: exp.Expr) -> exp.Expr:
    """Text in lower case, code point by code point."""
    return exp.Lower(this=value)


def is_among(value: exp.Expr, query: exp.Query) -> exp.Expr:
    """Whether `value`, or a tuple of values, is a row of `query`."""
    return exp.In(this=value, query=exp.Subquery(this=query))


def is_one_of(value: exp.Expr, texts: Iterable[str]) -> exp.Expr:
    """Whether `value` is exactly one of `texts`; false where there is none to be."""
    literals = [text(each) for each in texts]
    match literals:
        case []:
            return exp.false()
        case [single]:
            return exp.EQ(this=value, expression=single)
        case _:
            return exp.In(this=value, expressions=literals)


def all_hold(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """All of the conditions; true where there are none."""
    kept = _flat(conditions)
    return exp.and_(*kept, copy=False) if kept else exp.true()


def fails(condition: exp.Expr) -> exp.Expr:
    """The exact complement of a condition: it holds where the condition is false or unknown."""
    return exp.not_(exp.Coalesce(this=condition, expressions=[exp.false()]), copy=False)


def where(query: exp.Select, conditions: Iterable[exp.Expr]) -> exp.Select:
    """`query` with conditions that are not always true added."""
    there = query.args.get("where")
    kept = _flat(conditions if there is None else (there.this, *conditions))
    return query.where(*kept, append=False, copy=False) if kept else query


def population() -> exp.Select:
    """The audience's population: a model that has criteria has a common table `population`."""
    return exp.select("mpid").from_("population")


def without(query: exp.Query, *removed: exp.Query) -> exp.Query:
    """The users of `query` that are in none of `removed`, of whom one can have common tables."""
    tables = [each.args["with_"] for each in removed if each.args.get("with_") is not None]
    for each in removed:
        each.set("with_", None)
        query = exp.Except(this=query, expression=each, distinct=True)
    for each in tables:
        query.set("with_", each)
    return query


def is_known(value: exp.Expr) -> exp.Expr:
    """Whether a value is not null."""
    return exp.Is(this=value, expression=exp.Not(this=exp.null()))


def table(name: str) -> exp.Table:
    """A common table of the same query by its name, which is never text of a user."""
    return exp.Table(this=exp.to_identifier(name))


def described(query: exp.Query, lines: Iterable[str]) -> exp.Query:
    """`query`, a common table of a leaf, with what it holds in plain lines: whoever writes the SQL shows them."""
    query.meta[_DESCRIPTION] = tuple(lines)
    return query


def description(query: exp.Query) -> tuple[str, ...]:
    """The lines that `described` gave."""
    return query.meta.get(_DESCRIPTION, ())


def parts(conditions: Iterable[exp.Expr]) -> list[exp.Expr]:
    """The single conditions that have to hold together."""
    return [
        part
        for condition in conditions
        for part in (condition.flatten() if isinstance(condition, exp.And) else (condition,))
    ]


def _flat(conditions: Iterable[exp.Expr]) -> list[exp.Expr]:
    found = parts(conditions)
    return [part for part in found if not (isinstance(part, exp.Boolean) and part.this is True)]


def any_element(elements: exp.Expr, name: str, condition: exp.Expr) -> exp.Expr:
    """Whether a list has an element, called `name` in `condition`, for which it holds; false for no list."""
    chosen = elements_where(elements, name, condition)
    return exp.GT(this=exp.ArraySize(this=chosen), expression=exp.Literal.number(0))


def elements_where(elements: exp.Expr, name: str, condition: exp.Expr) -> exp.Expr:
    """The elements of a list, each called `name` in `condition`, for which it holds."""
    if isinstance(condition, exp.Boolean) and condition.this is True:
        return elements
    return exp.ArrayFilter(
        this=elements, expression=exp.Lambda(this=condition, expressions=[exp.to_identifier(name)])
    )


def each_element(elements: exp.Expr, name: str, value: exp.Expr) -> exp.Expr:
    """The list of `value` for each element of a list, called `name` in it."""
    return exp.Transform(
        this=elements, expression=exp.Lambda(this=value, expressions=[exp.to_identifier(name)])
    )


def joined(elements: exp.Expr) -> exp.Expr:
    """The texts of a list as one, joined by `, `; elements that are null are left out."""
    return exp.ArrayToString(this=elements, expression=text(", "))
