"""`location`: where the user was last, by names or by distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria.circles import Circle, circle_schema, read_circle
from transforms.criteria.compared import ComparedValue
from transforms.criteria.events.fields import Record
from transforms.criteria.kinds.kind import Kind
from transforms.criteria.narrowing import narrowing_schemas, profile_rows, read_workspace
from transforms.criteria.profile_fields import ProfileFieldsCriterion, field_schemas, read_field_conditions
from transforms.criteria.reading import has_unknown, read_mapping

if TYPE_CHECKING:
    from transforms.criteria.compared import Source
    from transforms.criteria.scope import Scope
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

LOCATION_FIELDS = Record("the location", None, ("country", "region", "city", "postal_code", "dma"))
_METRES = 1000


@dataclass(frozen=True)
class LocationCriterion(ProfileFieldsCriterion):
    """Users whose newest address compares as asked and whose newest coordinates lie in a circle, if there is one.

    Address and coordinates of one workspace are one row, whenever each of them was said.
    """

    circle: Circle | None

    @property
    def key(self) -> str:
        """See ProfileFieldsCriterion."""
        return "location"

    @property
    def source(self) -> Source:
        """See ProfileFieldsCriterion."""
        return "location"

    def rows(self, scope: Scope) -> exp.Select:
        """See ProfileFieldsCriterion."""
        return profile_rows("int_user_locations", scope, self.workspace)

    def holds_on_row(self) -> tuple[exp.Expr, ...]:
        """See ProfileFieldsCriterion."""
        return () if self.circle is None else (self.circle.holds(),)

    @property
    def compared(self) -> tuple[ComparedValue, ...]:
        """See Leaf. The distance is one of them, compared with nothing that can be said of a text."""
        if self.circle is None:
            return super().compared
        return (*super().compared, ComparedValue("location", "within", (), self.place))

    def words(self) -> tuple[str, ...]:
        """See ProfileFieldsCriterion."""
        return (*super().words(), *(() if self.circle is None else (self.circle.words(),)))

    def evidence(self, scope: Scope) -> exp.Query:
        """See Leaf. With a circle `lat` and `lon`, and the `metres` from its centre as a whole number, too."""
        found = super().evidence(scope)
        if self.circle is None or not isinstance(found, exp.Select):
            return found
        metres = exp.Round(this=exp.Mul(this=self.circle.distance(), expression=exp.Literal.number(_METRES)))
        return found.select(
            exp.alias_(exp.cast(exp.column("latitude"), "varchar"), "lat"),
            exp.alias_(exp.cast(exp.column("longitude"), "varchar"), "lon"),
            exp.alias_(exp.cast(metres, "bigint"), "metres"),
            copy=False,
        )

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """See Leaf. An address is the user's own; the distance from a place of the definition is not."""
        return (*LOCATION_FIELDS.fields, "lat", "lon")


def _read(node: Node, report: Report) -> LocationCriterion | None:
    fields = LOCATION_FIELDS.fields
    keys = (*fields, "within", "workspace")
    mapping = read_mapping(node, "`location`", keys, report)
    if mapping is None:
        return None
    workspace = read_workspace(mapping, report)
    conditions = read_field_conditions(mapping, LOCATION_FIELDS, report)
    written = mapping.get("within")
    circle = None if written is None else read_circle(written, report)
    if written is None and not conditions and not has_unknown(mapping, keys):
        report.add("CRT-004", "`location` names no field", mapping, allowed=(*fields, "within"))
    if circle is None and (written is not None or not conditions):
        return None
    return LocationCriterion(mapping.place, conditions, workspace, circle)


def _schema() -> dict[str, Any]:
    fields = LOCATION_FIELDS.fields
    return {
        "type": "object",
        "properties": {
            **field_schemas(fields),
            "within": circle_schema(),
            **narrowing_schemas(("workspace",)),
        },
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in (*fields, "within")],
    }


LOCATION = Kind(
    "location",
    _read,
    _schema,
    summary="Users whose newest address compares as asked, or whose newest coordinates lie within a distance of a "
    "city or a point.",
    examples=(
        "location: {country: FR, city: {in: [Paris, Lyon]}}",
        "location: {country: US, dma: {exists: true}, postal_code: {starts_with: '94'}, region: {not_exact: NV}}",
        "location: {within: {km: 50, of: {lat: 48.85341, lon: 2.3488}}}",
        'location: {within: {km: 50, of: "Paris, FR"}}',
        'location: {country: US, within: {km: 12.5, of: "Paris, TX, US"}, workspace: shop}',
    ),
)
