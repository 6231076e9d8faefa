"""`device`: the devices of the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.criteria.events.fields import Record
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.profile_fields import ProfileFieldsCriterion, field_schemas, read_field_conditions
from transforms.criteria.reading import has_unknown, read_mapping

if TYPE_CHECKING:
    from sqlglot import exp

    from transforms.criteria.compared import Source
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

DEVICE_FIELDS = Record("the device", None, ("os", "os_version", "brand", "model", "type", "carrier"))


@dataclass(frozen=True)
class DeviceCriterion(ProfileFieldsCriterion):
    """Users with one device that compares as asked, and without any that a negative forbids."""

    @property
    def key(self) -> str:
        """See ProfileFieldsCriterion."""
        return "device"

    @property
    def source(self) -> Source:
        """See ProfileFieldsCriterion."""
        return "device"

    @property
    def is_one_row(self) -> bool:
        """See ProfileFieldsCriterion."""
        return False

    def rows(self, scope: Scope) -> exp.Select:
        """See ProfileFieldsCriterion."""
        return profile_rows("int_user_devices", scope, self.workspace)


def _read(node: Node, report: Report) -> DeviceCriterion | None:
    keys = (*DEVICE_FIELDS.fields, "workspace")
    mapping = read_mapping(node, "`device`", keys, report)
    if mapping is None:
        return None
    workspace = read_workspace(mapping, report)
    conditions = read_field_conditions(mapping, DEVICE_FIELDS, report)
    if not conditions:
        if not has_unknown(mapping, keys):
            report.add("CRT-004", "`device` names no field", mapping, allowed=DEVICE_FIELDS.fields)
        return None
    return DeviceCriterion(mapping.place, conditions, workspace)


def _schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**field_schemas(DEVICE_FIELDS.fields), **narrowing_schemas(("workspace",))},
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in DEVICE_FIELDS.fields],
    }


DEVICE = Kind(
    "device",
    _read,
    _schema,
    summary="Users with a device whose operating system, brand, model, type or carrier compares as asked; "
    "what is asked in one mapping holds on one and the same device.",
    examples=(
        "device: {os: iOS}",
        'device: {os: iOS, os_version: {version: {gte: "17.2"}}, type: tablet}',
        "device: {brand: {in: [Samsung, Google]}, model: {not_starts_with: SM-A}}",
        "device: {carrier: {exists: false}, workspace: shop}",
    ),
)
