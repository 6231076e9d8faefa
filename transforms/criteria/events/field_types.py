"""What the built-in fields of events, of their lines and of profiles always are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from transforms.criteria.compared import ComparedValue, Source, Type

if TYPE_CHECKING:
    from transforms.criteria.comparisons import Comparison
    from transforms.criteria.events.fields import Record
    from transforms.errors import Place

#: A field that is not here has values of any kind: a build may be a number or a version.
_TYPES: dict[str, Type] = {
    "total_amount": "number",
    "tax_amount": "number",
    "shipping_amount": "number",
    "price": "number",
    "quantity": "number",
    "total_product_amount": "number",
    "currency_code": "text",
    "affiliation": "text",
    "screen_name": "text",
    "name": "text",
    "brand": "text",
    "category": "text",
    "creative": "text",
    "platform": "text",
    "custom_type": "text",
    "os": "text",
    "type": "text",
    "country": "text",
    "city": "text",
    "id": "code",
    "variant": "code",
    "transaction_id": "code",
    "coupon_code": "code",
    "model": "code",
    "carrier": "code",
    "region": "code",
    "postal_code": "code",
    "dma": "code",
    "publisher": "code",
    "campaign": "code",
    "app_version": "version",
    "os_version": "version",
}
_SOURCES: dict[str | None, Source] = {None: "event", "product": "product", "promotion": "promotion"}


#: Functions that read what they aggregate as a number.
_SUMS = ("sum", "average", "min", "max")


def type_of_field(record: Record, name: str) -> Type | None:
    """What the field of a record always is; None where its values may be of any kind."""
    return _TYPES.get(name) if name in record.fields else None


def compared_field(
    record: Record,
    name: str,
    comparisons: tuple[Comparison, ...],
    place: Place,
    events: tuple[str, tuple[str, ...]],
) -> ComparedValue:
    """A field or a custom attribute of an event, a product line or a promotion."""
    source = _SOURCES.get(record.prefix, "event")
    if name in record.fields:
        return ComparedValue(source, name, comparisons, place, type_of_field(record, name))
    return ComparedValue(source, record.custom_name(name), comparisons, place, is_custom=True, events=events)


def aggregated_field(
    function: str, record: Record, name: str, place: Place, events: tuple[str, tuple[str, ...]]
) -> ComparedValue:
    """The same of a field that a function aggregates and nothing compares."""
    value = compared_field(record, name, (), place, events)
    return replace(value, summed_by=function) if function in _SUMS else value
