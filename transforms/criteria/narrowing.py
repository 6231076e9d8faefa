"""`workspace:` and `input:` on a criterion, which narrow what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.leaf import Narrowing
from transforms.criteria.reading import read_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Mapping
    from transforms.documents.report import Report


def read_workspace(mapping: Mapping, report: Report) -> Narrowing | None:
    """The workspace to which a criterion is narrowed, if it is."""
    node = mapping.get("workspace")
    name = None if node is None else read_name(node, "the name of the workspace", mapping, report)
    return None if node is None or name is None else Narrowing(name, node.place)


def read_input(mapping: Mapping, report: Report) -> Narrowing | None:
    """The input, written `workspace/input`, to which a criterion is narrowed, if it is."""
    node = mapping.get("input")
    name = None if node is None else read_name(node, "the name of the input", mapping, report)
    if node is None or name is None:
        return None
    if name.count("/") != 1:
        hint = "the workspace that milepost.yml has it in, a slash, and its name"
        report.add("CRT-006", "an input is written `workspace/input`", node, hint=hint)
        return None
    return Narrowing(name, node.place)


def profile_rows(model: str, scope: Scope, workspace: Narrowing | None) -> exp.Select:
    """`mpid` of a model's rows of the criterion's workspaces, without those of profiles that are hidden.

    Where profiles have a lifetime, the common table `profiles` says which are there.
    """
    rows = exp.select("mpid").from_(sql.model(model))
    if scope.profile_lifetime is not None:
        visible = exp.Table(this=exp.to_identifier("profiles"))
        rows = rows.join(visible, using=["workspace", "mpid"], join_type="inner", copy=False)
    workspaces = scope.workspaces if workspace is None else (workspace.name,)
    return sql.where(rows, [sql.is_one_of(exp.column("workspace"), workspaces)])


def narrowing_schemas(names: Iterable[str]) -> dict[str, Any]:
    """JSON Schema of `input` and `workspace`."""
    return {name: {"type": "string", "minLength": 1} for name in names}
