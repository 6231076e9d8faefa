"""`first_seen`, `last_seen`, `first_active`, `last_active`: one instant a user over the workspaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue, OneValue
from transforms.criteria.comparisons import (
    Comparison,
    all_words,
    comparison_schemas,
    operator_names,
    read_operators,
)
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import Leaf, Narrowing
from transforms.criteria.narrowing import narrowing_schemas, read_workspace
from transforms.criteria.operators.dates import DATE_OPERATORS
from transforms.criteria.reading import has_unknown, read_mapping
from transforms.criteria.values import InstantValue

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report


@dataclass(frozen=True)
class SeenCriterion(Leaf):
    """Users whose earliest (`first_…`) or latest (`last_…`) instant compares as asked."""

    key: str
    comparisons: tuple[Comparison, ...]
    workspace: Narrowing | None

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf. The common table `profiles` holds the audience's workspaces only."""
        del scope
        value = InstantValue(self._instant())
        holds = sql.all_hold(comparison.holds(value) for comparison in self.comparisons)
        return self._users().having(holds, copy=False)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. The one instant, under the criterion's own key."""
        del scope
        users = self._users().select(exp.alias_(self._instant(), self.key), copy=False)
        return users.having(sql.is_known(self._instant()), copy=False)

    def title(self) -> str:
        """See Leaf."""
        return f"{self.key} {all_words(self.comparisons)}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        where = "" if self.workspace is None else f" in workspace {self.workspace.name}"
        return (f"{self.key} {all_words(self.comparisons)}{where}",)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        workspace = None if self.workspace is None else self.workspace.name
        one_value = OneValue((self.key, workspace))
        return (
            ComparedValue("instant", self.key, self.comparisons, self.place, "instant", one_value=one_value),
        )

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)

    def _users(self) -> exp.Select:
        rows = exp.select("mpid").from_("profiles")
        if self.workspace is not None:
            rows = rows.where(sql.is_one_of(exp.column("workspace"), (self.workspace.name,)), copy=False)
        return rows.group_by("mpid", copy=False)

    def _instant(self) -> exp.Expr:
        extreme = exp.Min if self.key.startswith("first") else exp.Max
        return extreme(this=exp.column(self.key))


def _kind(key: str, summary: str, *examples: str) -> Kind:
    names = operator_names(DATE_OPERATORS)

    def read(node: Node, report: Report) -> SeenCriterion | None:
        mapping = read_mapping(node, f"`{key}`", ("workspace", *names), report)
        if mapping is None:
            return None
        operators = [entry for entry in mapping.entries if entry.key.text in names]
        if not operators and not has_unknown(mapping, ("workspace", *names)):
            report.add("CRT-004", f"`{key}` has no operator", mapping, allowed=names)
        comparisons = read_operators(operators, f"`{key}`", report, DATE_OPERATORS)
        return SeenCriterion(mapping.place, key, comparisons, read_workspace(mapping, report))

    return Kind(key, read, _schema, summary, examples)


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**narrowing_schemas(("workspace",)), **comparison_schemas(DATE_OPERATORS)},
        "additionalProperties": False,
        "minProperties": 1,
    }


FIRST_SEEN = _kind(
    "first_seen",
    "Users whose earliest trace, of an event or of anything said of them, lies where a date operator says.",
    "first_seen: {within: 7 days}",
    "first_seen: {between_dates: [2026-01-01, 2026-03-31], workspace: shop}",
)
LAST_SEEN = _kind(
    "last_seen",
    "Users whose latest trace, of an event or of anything said of them, lies where a date operator says.",
    "last_seen: {ago: [60 days, 30 days]}",
    "last_seen: {after: 2026-01-01}",
)
FIRST_ACTIVE = _kind(
    "first_active",
    "Users whose earliest event, of whatever tier, lies where a date operator says.",
    "first_active: {on: 2026-01-01}",
    "first_active: {within: 30 days}",
)
LAST_ACTIVE = _kind(
    "last_active",
    "Users whose latest event, of whatever tier, lies where a date operator says.",
    "last_active: {before: 2026-01-01}",
    "last_active: {ago: [90 days, 30 days], workspace: shop}",
)
