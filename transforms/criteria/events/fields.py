"""What conditions on an event, a product line or a promotion can name, and where it lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from transforms.criteria import expressions as sql
from transforms.criteria.comparisons import SAME_AS, Comparison, read_comparisons, read_operators
from transforms.criteria.events.field_types import compared_field
from transforms.criteria.reading import read_text
from transforms.criteria.values import TextValue
from transforms.documents.nodes import Entry, Mapping, Scalar
from transforms.documents.readers import describe

if TYPE_CHECKING:
    from transforms.criteria.compared import ComparedValue
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
        key = sql.text(self.custom_name(name))
        return TextValue(
            exp.Bracket(this=attributes, expressions=[key]),
            sql.call("map_contains", attributes.copy(), key.copy()),
        )

    def custom_name(self, name: str) -> str:
        """The custom attribute that `name` means where it is no built-in field."""
        return name.removeprefix(_CUSTOM) if self.fields else name


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
class StepReference:
    """`same_as: N`: the same field of the event that fills step N of a sequence, counted from 1."""

    step: int
    place: Place


@dataclass(frozen=True)
class FieldCondition:
    """Comparisons of one field; all of them hold on the same value.

    `same_as` stands in steps of a sequence alone. Other events than the one at hand decide it, so `holds` leaves
    it out.
    """

    record: Record
    name: str
    comparisons: tuple[Comparison, ...]
    place: Place
    same_as: StepReference | None = None

    def holds(self) -> exp.Expr:
        """The condition for the single event, product line or promotion."""
        value = self.record.value(self.name)
        return sql.all_hold(comparison.holds(value) for comparison in self.comparisons)

    def compared_values(self, events: tuple[str, tuple[str, ...]]) -> tuple[ComparedValue, ...]:
        """The field with what is asked of it; `events` are the kind and the names of those that are looked at."""
        return (compared_field(self.record, self.name, self.comparisons, self.place, events),)

    def words(self) -> str:
        """The condition in plain words."""
        same = () if self.same_as is None else (f"is the same as in step {self.same_as.step}",)
        return f"{self.name} {' and '.join((*same, *(each.words() for each in self.comparisons)))}"

    def compared(self) -> tuple[str, exp.Expr]:
        """The field by its name, as text."""
        return self.name, self.record.value(self.name).text()


def read_conditions(
    node: Node, what: str, record: Record, report: Report, *, in_step: bool = False
) -> tuple[FieldCondition, ...]:
    """The conditions of `where:`, `product:` or `promotion:`; none, with problems, where it is wrong.

    `in_step`: `same_as` can stand here. That the step it names can be compared with is for the sequence to check.
    """
    if not isinstance(node, Mapping):
        hint = f"such as `{what.strip('`')}: {{{record.fields[0] if record.fields else 'genre'}: {{exact: TEXT}}}}`"
        message = f"{what} takes fields and their conditions, found {describe(node)}"
        report.add("CRT-001", message, node, allowed=record.fields, hint=hint)
        return ()
    if not node.entries:
        report.add("CRT-003", f"{what} is empty", node, allowed=record.fields)
    found: list[FieldCondition] = []
    for entry in node.entries:
        name = read_field_name(entry.key, what, report)
        if name is not None:
            found.append(_read_condition(entry, name, record, report, in_step))
    return tuple(found)


def _read_condition(entry: Entry, name: str, record: Record, report: Report, in_step: bool) -> FieldCondition:
    what = f"`{name}`"
    same = entry.value.get(SAME_AS) if in_step and isinstance(entry.value, Mapping) else None
    if same is None or not isinstance(entry.value, Mapping):
        return FieldCondition(record, name, read_comparisons(entry.value, what, report), entry.key.place)
    operators = [each for each in entry.value.entries if each.key.text != SAME_AS]
    comparisons = read_operators(operators, what, report)
    return FieldCondition(record, name, comparisons, entry.key.place, _read_reference(same, report))


def _read_reference(node: Node, report: Report) -> StepReference | None:
    if not isinstance(node, Scalar) or not re.fullmatch("[1-9][0-9]{0,2}", node.text):
        report.add("CRT-059", f"`{SAME_AS}` takes the number of an earlier step, counted from 1", node)
        return None
    return StepReference(int(node.text), node.place)


def read_conditions_at(
    mapping: Mapping, key: str, record: Record, report: Report, *, in_step: bool = False
) -> tuple[FieldCondition, ...]:
    """The conditions that stand under `key`, if it is there."""
    node = mapping.get(key)
    return () if node is None else read_conditions(node, f"`{key}`", record, report, in_step=in_step)


def read_device_conditions(mapping: Mapping, report: Report) -> tuple[FieldCondition, ...]:
    """The conditions on the batch's app and device, each under a key of its own."""
    return tuple(
        FieldCondition(DEVICE, name, read_comparisons(node, f"`{name}`", report), node.place)
        for name in DEVICE.fields
        if (node := mapping.get(name)) is not None
    )


def condition_schema(operators: str = "operators") -> dict[str, Any]:
    """JSON Schema of what one field is compared with; `operators` names the definition of the operator mapping."""
    return {"anyOf": [{"type": ["string", "number", "boolean"]}, {"$ref": f"#/$defs/{operators}"}]}


def conditions_schema(operators: str = "operators") -> dict[str, Any]:
    """JSON Schema of fields with their conditions."""
    return {"type": "object", "additionalProperties": condition_schema(operators), "minProperties": 1}


def read_field_name(node: Node, what: str, report: Report) -> str | None:
    """The name of a field or a custom attribute."""
    name = read_text(node, f"a field of {what}", report)
    if name in ("", _CUSTOM):
        report.add("CRT-006", f"a field of {what} has no name", node)
        return None
    return name
