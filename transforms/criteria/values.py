"""A value that operators look at, as the engine sees it: each operator asks for the reading it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal


class Value:
    """What can be asked of a value. A reading that it hasn't is a bug: reading the YAML refuses it."""

    def text(self) -> exp.Expr:
        """The text, null on a list."""
        raise InternalError("this value has no text")

    def number(self) -> exp.Expr:
        """The number, null where it is none."""
        raise InternalError("this value is no number")

    def bound(self, number: Decimal) -> exp.Expr:
        """What `number()` is compared with."""
        return sql.number(number)

    def instant(self) -> exp.Expr:
        """The instant, null where it is none."""
        raise InternalError("this value is no instant")

    def elements(self) -> exp.Expr:
        """The elements of a list, or a list of the one scalar."""
        raise InternalError("this value is no list")

    def is_present(self) -> exp.Expr:
        """Whether the key is there, with whatever value."""
        raise InternalError("this value can't be absent")


@dataclass(frozen=True)
class TextValue(Value):
    """Text as it was sent; `listed` is the column of lists where the value may be one."""

    column: exp.Expr
    presence: exp.Expr
    listed: exp.Expr | None = None

    def text(self) -> exp.Expr:
        """See Value."""
        return self.column.copy()

    def number(self) -> exp.Expr:
        """See Value."""
        return sql.call("as_number", self.text())

    def instant(self) -> exp.Expr:
        """See Value."""
        return sql.call("as_instant", self.text())

    def elements(self) -> exp.Expr:
        """See Value."""
        alone = exp.Array(expressions=[self.text()])
        return alone if self.listed is None else exp.Coalesce(this=self.listed.copy(), expressions=[alone])

    def is_present(self) -> exp.Expr:
        """See Value."""
        return self.presence.copy()


@dataclass(frozen=True)
class InstantValue(Value):
    """An instant of its own type."""

    column: exp.Expr

    def instant(self) -> exp.Expr:
        """See Value."""
        return self.column.copy()


@dataclass(frozen=True)
class NumberValue(Value):
    """A number of its own type; `compared_with` makes the other side where that is not a plain literal."""

    column: exp.Expr
    compared_with: Callable[[Decimal], exp.Expr] = sql.number

    def number(self) -> exp.Expr:
        """See Value."""
        return self.column.copy()

    def bound(self, number: Decimal) -> exp.Expr:
        """See Value."""
        return self.compared_with(number)
