"""`model`: users with a row in an analyst's own dbt model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.compared import ComparedValue
from transforms.criteria.comparisons import Comparison, all_words, read_comparisons
from transforms.criteria.events.fields import condition_schema
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import Leaf, Named
from transforms.criteria.reading import read_mapping, read_name
from transforms.criteria.rows import users_by_values
from transforms.criteria.values import TextValue
from transforms.documents.nodes import Mapping

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEYS = ("name", "where")
#: A plain word, since it stands in a call of `ref`.
_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"


@dataclass(frozen=True)
class ColumnConditions:
    """What is asked of one column of a model."""

    column: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class ModelCriterion(Leaf):
    """Users with a row in a dbt model on which the conditions hold.

    Its column `mpid` is an integer; a row whose mpid is null, or no 64-bit integer, is nobody's. Columns are
    compared as the engine writes them as text, and a null is a value that is not there. Where a user has
    several rows, positives hold together on one of them, negatives on none.
    """

    named: Named
    where: tuple[ColumnConditions, ...]

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        del scope
        compared = tuple((_value(condition.column), condition.comparisons) for condition in self.where)
        return users_by_values(self._rows, compared) if compared else self._rows().distinct(copy=False)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. The columns that `where` names, as text, on every row that the user has in the model."""
        del scope
        return self._rows().select(
            *(
                exp.alias_(_value(column).text(), exp.to_identifier(column, quoted=True))
                for column in self._columns()
            ),
            copy=False,
        )

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """See Leaf. What an analyst's model says of a user may be anything."""
        return self._columns()

    def title(self) -> str:
        """See Leaf."""
        return f"in model {self.named.name} {self._words()}".strip()

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        words = self._words()
        return (f"model: {self.named.name}{f', {words}' if words else ''}",)

    @property
    def is_negative(self) -> bool:
        """See Leaf."""
        comparisons = [comparison for condition in self.where for comparison in condition.comparisons]
        return bool(comparisons) and all(comparison.is_negative for comparison in comparisons)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf."""
        return tuple(
            ComparedValue("model", condition.column, condition.comparisons, self.place)
            for condition in self.where
        )

    @property
    def models(self) -> tuple[Named, ...]:
        """See Leaf."""
        return (self.named,)

    def _columns(self) -> tuple[str, ...]:
        columns = {condition.column.lower(): condition.column for condition in self.where}
        columns.pop("mpid", None)
        return tuple(columns.values())

    def _rows(self) -> exp.Select:
        # Named after the model, so that the engine says what has no column `mpid`.
        alias = exp.to_identifier(self.named.name, quoted=True)
        mpid = sql.call("as_mpid", exp.column("mpid", table=alias), sql.text(self.named.name))
        rows = exp.alias_(sql.model(self.named.name), alias.copy(), table=True)
        return exp.select(exp.alias_(mpid, "mpid")).from_(rows)

    def _words(self) -> str:
        return " and ".join(
            f"{condition.column} {all_words(condition.comparisons)}" for condition in self.where
        )


def _value(name: str) -> TextValue:
    column = exp.column(exp.to_identifier(name, quoted=True))
    return TextValue(sql.call("as_text", column), sql.is_known(column))


def _as_column(key: str) -> str:
    return f"if it is a column of the model, write `where: {{{key[:40]}: …}}`"


def _read(node: Node, report: Report) -> ModelCriterion | None:
    where: tuple[ColumnConditions, ...] = ()
    written: Node | None = node
    if isinstance(node, Mapping):
        mapping = read_mapping(node, "`model`", _KEYS, report, _as_column)
        if mapping is None:
            return None
        written = mapping.get("name")
        conditions = mapping.get("where")
        where = () if conditions is None else _read_where(conditions, report)
    name = read_name(written, "the name of the model", node, report)
    if written is None or name is None:
        return None
    if re.fullmatch(_NAME, name) is None:
        report.add(
            "CRT-081",
            "this can't be the name of a dbt model",
            written,
            hint="a model is named by its file without `.sql` or `.py`: letters, digits and `_`",
        )
        return None
    return ModelCriterion(node.place, Named(name, written.place), where)


def _read_where(node: Node, report: Report) -> tuple[ColumnConditions, ...]:
    if not isinstance(node, Mapping) or not node.entries:
        report.add(
            "CRT-001",
            "`where` takes columns of the model with what is asked of each",
            node,
            hint="for example `where: {score: {gte: 0.8}}`",
        )
        return ()
    found: list[ColumnConditions] = []
    for entry in node.entries:
        column = read_name(entry.key, "the name of a column", entry.key, report)
        comparisons = read_comparisons(entry.value, f"`{entry.key.text[:80]}`", report)
        if column is not None:
            found.append(ColumnConditions(column, comparisons))
    return tuple(found)


def _schema() -> dict[str, Any]:
    name = {"type": "string", "pattern": _NAME}
    return {
        "anyOf": [
            name,
            {
                "type": "object",
                "properties": {
                    "name": name,
                    "where": {
                        "type": "object",
                        "propertyNames": {"minLength": 1},
                        "additionalProperties": condition_schema(),
                        "minProperties": 1,
                    },
                },
                "required": ["name"],
                "additionalProperties": False,
            },
        ]
    }


MODEL = Kind(
    "model",
    _read,
    _schema,
    summary="Users with a row in a dbt model of your own, which has a column `mpid`; `where` asks for more.",
    examples=(
        "model: churn_scores",
        "model: {name: churn_scores, where: {score: {gte: 0.8}, segment: gold}}",
        "model: {name: churn_scores, where: {scored_on: {within: 7 days}, segment: {not_in: [test, staff]}}}",
    ),
)
