"""What conditions on an event, a product line or a promotion can name, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.comparisons import Comparison, all_words, read_comparisons
from transforms.criteria.reading import read_text
from transforms.criteria.values import TextValue
from transforms.documents.nodes import Mapping

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report
    from transforms.errors import Place

#: Before the name of a custom attribute that a built-in field of its name would hide (spec §4.3).
_CUSTOM = "attribute."


@dataclass(frozen=True)
class Record:
    """Something with built-in fields and custom attributes. `prefix` is its name in SQL; None: the row itself."""

    words: str
    prefix: str | None
    fields: tuple[str, ...]

    def value(self, name: str) -> TextValue:
        """The value that `name` means: a built-in field, else a custom attribute, matched as it was sent.

        A built-in field is present where it has a value: the lake doesn't tell null from absent there.
        """
        if name in self.fields:
            field = exp.column(name, table=self.prefix)
            return TextValue(field, sql.is_known(field.copy()))
        attributes = exp.column("attributes", table=self.prefix)
        key = sql.text(name.removeprefix(_CUSTOM) if self.fields else name)
        return TextValue(
            exp.Bracket(this=attributes, expressions=[key]),
            sql.call("map_contains", attributes.copy(), key.copy()),
        )


#: A custom event or a screen has custom attributes alone.
EVENT = Record("the event", None, ())
COMMERCE_EVENT = Record(
    "the event",
    None,
    (
        "total_amount",
        "tax_amount",
        "shipping_amount",
        "currency_code",
        "transaction_id",
        "coupon_code",
        "affiliation",
        "screen_name",
    ),
)
PRODUCT = Record(
    "the product",
    "product",
    (
        "id",
        "name",
        "brand",
        "category",
        "variant",
        "position",
        "price",
        "quantity",
        "coupon_code",
        "total_product_amount",
    ),
)
PROMOTION = Record("the promotion", "promotion", ("id", "name", "creative", "position"))
#: What every kind of event criterion can compare of the batch's app and device.
DEVICE = Record("the event", None, ("app_version", "app_build", "platform", "os_version"))


@dataclass(frozen=True)
class FieldCondition:
    """Comparisons of one field; all of them hold on the same value."""

    record: Record
    name: str
    comparisons: tuple[Comparison, ...]
    place: Place

    def holds(self) -> exp.Expr:
        """The condition for the single event, product line or promotion."""
        value = self.record.value(self.name)
        return sql.all_hold(comparison.holds(value) for comparison in self.comparisons)

    def words(self) -> str:
        """The condition in plain words."""
        return f"{self.name} {all_words(self.comparisons)}"


def read_conditions(node: Node, what: str, record: Record, report: Report) -> tuple[FieldCondition, ...]:
    """The conditions of `where:`, `product:` or `promotion:`; none, with problems, where it is wrong."""
    if not isinstance(node, Mapping):
        report.add("CRT-001", f"{what} takes fields and their conditions", node, allowed=record.fields)
        return ()
    if not node.entries:
        report.add("CRT-003", f"{what} is empty", node, allowed=record.fields)
    found: list[FieldCondition] = []
    for entry in node.entries:
        name = read_field_name(entry.key, what, report)
        if name is not None:
            comparisons = read_comparisons(entry.value, f"`{name}`", report)
            found.append(FieldCondition(record, name, comparisons, entry.key.place))
    return tuple(found)


def read_conditions_at(
    mapping: Mapping, key: str, record: Record, report: Report
) -> tuple[FieldCondition, ...]:
    """The conditions that stand under `key`, if it is there."""
    node = mapping.get(key)
    return () if node is None else read_conditions(node, f"`{key}`", record, report)


def read_device_conditions(mapping: Mapping, report: Report) -> tuple[FieldCondition, ...]:
    """The conditions on the batch's app and device, each under a key of its own."""
    return tuple(
        FieldCondition(DEVICE, name, read_comparisons(node, f"`{name}`", report), node.place)
        for name in DEVICE.fields
        if (node := mapping.get(name)) is not None
    )


#: JSON Schema of what one field is compared with, and of fields with their conditions.
CONDITION_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": ["string", "number", "boolean"]}, {"$ref": "#/$defs/operators"}]
}
CONDITIONS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": CONDITION_SCHEMA,
    "minProperties": 1,
}


def read_field_name(node: Node, what: str, report: Report) -> str | None:
    """The name of a field or a custom attribute."""
    name = read_text(node, f"a field of {what}", report)
    if name in ("", _CUSTOM):
        report.add("CRT-006", f"a field of {what} has no name", node)
        return None
    return name
