"""`attribution`: to whom the user's install or uninstall is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.events.fields import Record
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.profile_fields import ProfileFieldsCriterion, field_schemas, read_field_conditions
from transforms.criteria.reading import has_unknown, read_choice, read_mapping

if TYPE_CHECKING:
    from transforms.criteria.compared import Source
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

ATTRIBUTION_FIELDS = Record("the attribution", None, ("publisher", "campaign"))
_OCCASIONS = ("install", "uninstall")


@dataclass(frozen=True)
class AttributionCriterion(ProfileFieldsCriterion):
    """Users whose install or uninstall (`on`) is owed to a publisher and campaign that compare as asked.

    There is one attribution of each for a workspace and user.
    """

    on: str

    @property
    def key(self) -> str:
        """See ProfileFieldsCriterion."""
        return f"{self.on} attribution"

    @property
    def source(self) -> Source:
        """See ProfileFieldsCriterion."""
        return "attribution"

    def rows(self, scope: Scope) -> exp.Select:
        """See ProfileFieldsCriterion."""
        occasion = exp.EQ(this=exp.column("attribution"), expression=sql.text(self.on))
        return sql.where(profile_rows("int_user_attributions", scope, self.workspace), [occasion])


def _read(node: Node, report: Report) -> AttributionCriterion | None:
    fields = ATTRIBUTION_FIELDS.fields
    keys = ("on", *fields, "workspace")
    mapping = read_mapping(node, "`attribution`", keys, report)
    if mapping is None:
        return None
    written = mapping.get("on")
    if written is None:
        message = "`attribution` does not say whether of the install or the uninstall: `on` is missing"
        report.add("CRT-004", message, mapping, allowed=_OCCASIONS)
    on = None if written is None else read_choice(written, "occasion", _OCCASIONS, report)
    workspace = read_workspace(mapping, report)
    conditions = read_field_conditions(mapping, ATTRIBUTION_FIELDS, report)
    if not conditions and not has_unknown(mapping, keys):
        report.add("CRT-004", "`attribution` needs a publisher or a campaign", mapping, allowed=fields)
    return (
        None
        if on is None or not conditions
        else AttributionCriterion(mapping.place, conditions, workspace, on)
    )


def _schema() -> dict[str, Any]:
    fields = ATTRIBUTION_FIELDS.fields
    return {
        "type": "object",
        "properties": {
            "on": {"enum": list(_OCCASIONS)},
            **field_schemas(fields),
            **narrowing_schemas(("workspace",)),
        },
        "required": ["on"],
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in fields],
    }


ATTRIBUTION = Kind(
    "attribution",
    _read,
    _schema,
    summary="Users whose install or uninstall is owed to a publisher or a campaign.",
    examples=(
        "attribution: {on: install, publisher: Northwind Ads}",
        "attribution: {on: install, publisher: {contains: ads}, campaign: {in: [spring, summer]}}",
        "attribution: {on: uninstall, campaign: {exists: true}, workspace: shop}",
    ),
)
