"""`user`: an attribute of the user."""

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
from transforms.criteria.meant import attribute_as_key
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.reading import has_unknown, read_mapping, read_name
from transforms.criteria.rows import users_by_rows
from transforms.criteria.values import TextValue

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEYS = ("attribute", "workspace")


@dataclass(frozen=True)
class UserCriterion(Leaf):
    """Users whose attribute, named without regard to case, compares as asked."""

    attribute: str
    comparisons: tuple[Comparison, ...]
    workspace: Narrowing | None

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        value = TextValue(exp.column("value"), exp.true(), exp.column("elements"))
        return users_by_rows(lambda: self._rows(scope), value, self.comparisons)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. The attribute in each workspace; the elements of a list are joined by commas."""
        listed = sql.joined(exp.column("elements"))
        value = exp.Coalesce(this=exp.column("value"), expressions=[listed])
        name = exp.alias_(exp.column("attribute_name"), "attribute")
        return self._rows(scope).select("workspace", name, exp.alias_(value, "value"), copy=False)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """See Leaf."""
        return ("value",)

    def title(self) -> str:
        """See Leaf."""
        return f"{self.attribute} {all_words(self.comparisons)}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        where = "" if self.workspace is None else f" in workspace {self.workspace.name}"
        return (f"user attribute {self.attribute} {all_words(self.comparisons)}{where}",)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        return all(comparison.is_negative for comparison in self.comparisons)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        workspace = None if self.workspace is None else self.workspace.name
        one_value = OneValue(("user", self.attribute.lower()), workspace, is_per_workspace=True)
        return (
            ComparedValue(
                "user", self.attribute, self.comparisons, self.place, is_custom=True, one_value=one_value
            ),
        )

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)

    def _rows(self, scope: Scope) -> exp.Select:
        name = exp.EQ(this=exp.column("attribute_key"), expression=sql.lower(sql.text(self.attribute)))
        return sql.where(profile_rows("int_user_attributes", scope, self.workspace), [name])


def _read(node: Node, report: Report) -> UserCriterion | None:
    keys = (*_KEYS, *operator_names())
    mapping = read_mapping(node, "`user`", keys, report, lambda key: attribute_as_key(key, keys))
    if mapping is None:
        return None
    written = mapping.get("attribute")
    attribute = None
    if written is not None or not has_unknown(mapping, keys):
        attribute = read_name(written, "the name of the attribute", mapping, report)
    workspace = read_workspace(mapping, report)
    operators = [entry for entry in mapping.entries if entry.key.text in operator_names()]
    if not operators and not has_unknown(mapping, keys):
        hint = "such as `exact: TEXT`, `gte: NUMBER` or `exists: true`"
        report.add("CRT-004", "`user` has no operator", mapping, allowed=operator_names(), hint=hint)
    comparisons = read_operators(operators, "`user`", report)
    return None if attribute is None else UserCriterion(mapping.place, attribute, comparisons, workspace)


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "attribute": {"type": "string", "minLength": 1},
            **narrowing_schemas(("workspace",)),
            **comparison_schemas(),
        },
        "required": ["attribute"],
        "additionalProperties": False,
        "minProperties": 2,
    }


USER = Kind(
    "user",
    _read,
    _schema,
    summary="Users whose attribute, named without regard to case, compares as asked.",
    examples=(
        "user: {attribute: plan, exact: free}",
        "user: {attribute: plan, not_exact: free, exists: true}",
        "user: {attribute: email_domain, contains: example, not_contains: test}",
        "user: {attribute: city, starts_with: San, not_starts_with: San Jose}",
        "user: {attribute: site, ends_with: .com, not_ends_with: example.com}",
        'user: {attribute: sku, pattern: "AB-??-*", not_pattern: "AB-0?-*"}',
        "user: {attribute: country, in: [US, CA]}",
        "user: {attribute: country, not_in: [US, CA]}",
        "user: {attribute: visits, eq: 8}",
        "user: {attribute: visits, gt: 3, lt: 9.5, ne: 8}",
        "user: {attribute: visits, gte: 3, lte: 9}",
        "user: {attribute: visits, between: [3, 9]}",
        "user: {attribute: vip, is: true}",
        "user: {attribute: trial_ends, before: 2026-07-01}",
        "user: {attribute: trial_ends, after: 2026-07-01}",
        "user: {attribute: birthday, on: 2026-07-01}",
        "user: {attribute: trial_ends, between_dates: [2026-07-01, 2026-07-31]}",
        "user: {attribute: last_call, within: 7 days}",
        "user: {attribute: last_call, ago: [6 days, 4 days]}",
        "user: {attribute: interests, includes: wine, not_includes: beer}",
        "user: {attribute: interests, partial: sport, not_partial: motor}",
        "user: {attribute: newsletter, exists: false, workspace: shop}",
        'user: {attribute: app, version: {gte: "2.10", lt: 3}}',
        'user: {attribute: app, version: {eq: "2.10"}}',
        'user: {attribute: app, version: {gt: "2.9", lte: "2.20", ne: "2.10"}}',
    ),
)
