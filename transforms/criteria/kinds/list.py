"""`list`: users of an uploaded or frozen list, lists/NAME.csv."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.leaf import Leaf, Named, Narrowing
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.reading import read_mapping, read_name
from transforms.documents.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_KEYS = ("name", "workspace")
#: An id of spec §3, so that a name is no path.
_NAME = r"^(?!.*__)[a-z][a-z0-9_]{0,62}$"
_ENTRIES = "stg_lake__lists"


@dataclass(frozen=True)
class ListCriterion(Leaf):
    """Users with an identity of the list, compared without regard to case, or with an mpid of it.

    What the list holds, its column too, is seen at run: an edited list asks for no other SQL.
    """

    named: Named
    workspace: Narrowing | None

    def members(self, scope: Scope) -> exp.Query:
        """See Leaf."""
        by_identity = sql.where(
            profile_rows("int_user_identities", scope, self.workspace), [self._is_listed_identity()]
        )
        by_mpid = sql.where(profile_rows("dim_profiles", scope, self.workspace), [self._is_listed_mpid()])
        return exp.Union(this=by_identity, expression=by_mpid, distinct=True)

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. `type` and `value`: the user's identities that are on the list, or the mpid."""
        identities = profile_rows("int_user_identities", scope, self.workspace).select(
            exp.alias_(exp.column("identity_type"), "type"),
            exp.alias_(exp.column("identity_value"), "value"),
            copy=False,
        )
        mpids = (
            profile_rows("dim_profiles", scope, self.workspace)
            .select(
                exp.alias_(sql.text("mpid"), "type"),
                exp.alias_(exp.cast(exp.column("mpid"), "text"), "value"),
                copy=False,
            )
            .distinct(copy=False)
        )
        return exp.Union(
            this=sql.where(identities, [self._is_listed_identity()]),
            expression=sql.where(mpids, [self._is_listed_mpid()]),
            distinct=False,
        )

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """See Leaf."""
        return ("value",)

    def title(self) -> str:
        """See Leaf."""
        return f"in list {self.named.name}"

    def explanation(self, scope: Scope) -> tuple[str, ...]:
        """See Leaf."""
        del scope
        where = "" if self.workspace is None else f" in workspace {self.workspace.name}"
        return (f"list: {self.named.name} (lists/{self.named.name}.csv){where}",)

    @property
    def lists(self) -> tuple[Named, ...]:
        """See Leaf."""
        return (self.named,)

    @property
    def workspaces(self) -> tuple[Narrowing, ...]:
        """See Leaf."""
        return () if self.workspace is None else (self.workspace,)

    def _is_listed_identity(self) -> exp.Expr:
        identity = exp.Tuple(
            expressions=[exp.column("identity_type"), sql.lower(exp.column("identity_value"))]
        )
        return sql.is_among(identity, self._entries("identity_type", "identity_key"))

    def _is_listed_mpid(self) -> exp.Expr:
        return sql.is_among(exp.column("mpid"), self._entries("mpid"))

    def _entries(self, *columns: str) -> exp.Query:
        of_list = exp.EQ(this=exp.column("list_name"), expression=sql.text(self.named.name))
        return exp.select(*columns).from_(sql.model(_ENTRIES)).where(of_list, copy=False)


def _read(node: Node, report: Report) -> ListCriterion | None:
    workspace = None
    written: Node | None = node
    if isinstance(node, Mapping):
        mapping = read_mapping(node, "`list`", _KEYS, report)
        if mapping is None:
            return None
        workspace = read_workspace(mapping, report)
        written = mapping.get("name")
    if isinstance(written, Sequence):
        hint = "for users of one of them write `any: [{list: NAME}, {list: OTHER}]`"
        report.add("CRT-006", "`list` takes one name, found a list", written, hint=hint)
        return None
    name = read_name(written, "the name of the list", node, report)
    if written is None or name is None:
        return None
    if re.fullmatch(_NAME, name) is None:
        report.add(
            "CRT-080",
            "this can't be the name of a list",
            written,
            hint="a list is named by its file without `.csv`: lower-case letters, digits and single `_`",
        )
        return None
    return ListCriterion(node.place, Named(name, written.place), workspace)


def _schema() -> dict[str, Any]:
    name = {"type": "string", "pattern": _NAME}
    return {
        "anyOf": [
            name,
            {
                "type": "object",
                "properties": {"name": name, **narrowing_schemas(("workspace",))},
                "required": ["name"],
                "additionalProperties": False,
            },
        ]
    }


LIST = Kind(
    "list",
    _read,
    _schema,
    summary="Users of an uploaded list, `lists/NAME.csv`: one column of mpids or of one identity type.",
    examples=(
        "list: vip_customers",
        "list: {name: vip_customers, workspace: shop}",
        "all: [{event: {name: Play}}]\nexclude: [{list: complaints}]",
    ),
)
