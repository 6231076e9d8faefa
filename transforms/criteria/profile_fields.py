"""Criteria over rows of a profile that have fields of fixed names: `device`, `location`, `attribution`."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria.compared import ComparedValue, OneValue
from transforms.criteria.comparisons import read_comparisons
from transforms.criteria.events.field_types import type_of_field
from transforms.criteria.events.fields import FieldCondition, Record, condition_schema
from transforms.criteria.leaf import Leaf, Narrowing
from transforms.criteria.rows import users_by_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.compared import Source
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Mapping
    from transforms.documents.report import Report


@dataclass(frozen=True)
class ProfileFieldsCriterion(Leaf):
    """Users with a row on which every positive holds, less those with any row on which a negative's positive does.

    A field is present where it has a value.
    """

    conditions: tuple[FieldCondition, ...]
    workspace: Narrowing | None

    @abstractmethod
    def rows(self, scope: Scope) -> exp.Select:
        """`mpid` of every row that counts."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The kind, and what narrows its rows."""

    @property
    @abstractmethod
    def source(self) -> Source:
        """Where its values lie."""

    @property
    def is_one_row(self) -> bool:
        """Whether a user has at most one such row in a workspace."""
        return True

    def holds_on_row(self) -> tuple[exp.Expr, ...]:
        """Positives of a row that are no comparison of a field."""
        return ()

    def words(self) -> tuple[str, ...]:
        """Each condition in plain words."""
        return tuple(condition.words() for condition in self.conditions)

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        compared = tuple(
            (condition.record.value(condition.name), condition.comparisons) for condition in self.conditions
        )
        return users_by_values(lambda: self.rows(scope), compared, self.holds_on_row())

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. Every row of the user, with the fields that are compared."""
        names = dict.fromkeys(condition.name for condition in self.conditions)
        return self.rows(scope).select("workspace", *map(exp.column, names), copy=False)

    def title(self) -> str:
        """See Leaf."""
        return f"{self.key} {' and '.join(self.words())}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        where = "" if self.workspace is None else f" in workspace {self.workspace.name}"
        return (f"{self.key}: {' and '.join(self.words())}{where}",)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        return not self.holds_on_row() and all(
            comparison.is_negative for condition in self.conditions for comparison in condition.comparisons
        )

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf. Positives of all of them hold on one row; a negative holds on each row."""
        return tuple(
            ComparedValue(
                self.source,
                condition.name,
                condition.comparisons,
                condition.place,
                type_of_field(condition.record, condition.name),
                one_value=self._one_value(condition.name) if self.is_one_row else None,
            )
            for condition in self.conditions
        )

    def _one_value(self, name: str) -> OneValue:
        workspace = None if self.workspace is None else self.workspace.name
        return OneValue((self.key, name), workspace, is_per_workspace=True)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)


def read_field_conditions(mapping: Mapping, record: Record, report: Report) -> tuple[FieldCondition, ...]:
    """The conditions on the record's fields that `mapping` has, in the order written."""
    return tuple(
        FieldCondition(record, name, read_comparisons(entry.value, f"`{name}`", report), entry.key.place)
        for entry in mapping.entries
        if (name := entry.key.text) in record.fields
    )


def field_schemas(names: Iterable[str]) -> dict[str, Any]:
    """JSON Schema of a condition on each field: operators, or a value, which is short for `exact`."""
    return dict.fromkeys(names, condition_schema())
