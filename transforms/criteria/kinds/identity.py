"""`identity`: an identity of the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue
from transforms.criteria.comparisons import (
    Comparison,
    all_words,
    comparison_schemas,
    operator_names,
    read_operators,
    with_hidden_operands,
)
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import MASK, Leaf, Narrowing
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.operators.table import EXISTS
from transforms.criteria.reading import has_unknown, read_choice, read_mapping
from transforms.criteria.rows import users_by_rows
from transforms.criteria.values import TextValue
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEYS = ("type", "workspace")


@dataclass(frozen=True)
class IdentityCriterion(Leaf):
    """Users with an identity of one type that compares as asked; of some types a user has several.

    Written without an operator it asks that there is one.
    """

    identity_type: str
    comparisons: tuple[Comparison, ...]
    workspace: Narrowing | None

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        value = TextValue(exp.column("identity_value"), exp.true())
        return users_by_rows(lambda: self._rows(scope), value, self.comparisons)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. Each identity of the type."""
        columns = (exp.alias_(exp.column(f"identity_{name}"), name) for name in ("type", "value"))
        return self._rows(scope).select("workspace", *columns, copy=False)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """See Leaf."""
        return ("value",)

    def title(self) -> str:
        """See Leaf."""
        return f"{self.identity_type} {all_words(self.comparisons)}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        where = "" if self.workspace is None else f" in workspace {self.workspace.name}"
        return (f"identity {self.identity_type} {all_words(self.comparisons)}{where}",)

    @property
    def masked(self) -> IdentityCriterion:
        """See Leaf."""
        hidden = with_hidden_operands(self.comparisons)
        return _Masked(self.place, self.identity_type, hidden, self.workspace)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        return all(comparison.is_negative for comparison in self.comparisons)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        return (ComparedValue("identity", self.identity_type, self.comparisons, self.place, "code"),)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)

    def _rows(self, scope: Scope) -> exp.Select:
        name = exp.EQ(this=exp.column("identity_type"), expression=sql.text(self.identity_type))
        return sql.where(profile_rows("int_user_identities", scope, self.workspace), [name])


@dataclass(frozen=True)
class _Masked(IdentityCriterion):
    """See Leaf.masked."""

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        query = super().members(scope)
        shown = {self.identity_type, *scope.workspaces}
        for literal in [*query.find_all(exp.Literal)]:
            if literal.this not in shown:
                literal.replace(sql.text(MASK))
        return query


def _as_type(key: str) -> str:
    """What to do with an identity type that stands as a key."""
    is_type = key.lower() in IDENTITY_TYPES
    return f"write `type: {key.lower()}`, and an operator such as `exact: TEXT` beside it" if is_type else ""


def _read(node: Node, report: Report) -> IdentityCriterion | None:
    keys = (*_KEYS, *operator_names())
    mapping = read_mapping(node, "`identity`", keys, report, _as_type)
    if mapping is None:
        return None
    written = mapping.get("type")
    if written is None and not has_unknown(mapping, keys):
        report.add("CRT-004", "the identity type is missing", mapping, allowed=IDENTITY_TYPES)
    identity_type = None if written is None else read_choice(written, "identity type", IDENTITY_TYPES, report)
    workspace = read_workspace(mapping, report)
    operators = [entry for entry in mapping.entries if entry.key.text in operator_names()]
    comparisons = read_operators(operators, "`identity`", report)
    if not operators:
        comparisons = (Comparison(EXISTS, True, False, mapping.place),)
    return (
        None
        if identity_type is None
        else IdentityCriterion(mapping.place, identity_type, comparisons, workspace)
    )


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "type": {"enum": list(IDENTITY_TYPES)},
            **narrowing_schemas(("workspace",)),
            **comparison_schemas(),
        },
        "required": ["type"],
        "additionalProperties": False,
        "minProperties": 1,
    }


IDENTITY = Kind(
    "identity",
    _read,
    _schema,
    summary="Users with an identity of a type, whose value compares as asked where an operator is written.",
    examples=(
        "identity: {type: email}",
        "identity: {type: email, ends_with: '@example.com'}",
        "identity: {type: push_token, exists: false}",
        "identity: {type: customer_id, not_starts_with: test-, workspace: shop}",
    ),
)
