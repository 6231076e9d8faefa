"""Events by their shape: those of one type with the same fields become rows column by column.

A sender writes few shapes, and what a shape needs is found out once, so that a file takes half as long as event by
event. read_event() is the law; a shape, or a value, for which it does more than the columns here goes to it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from transforms.contracts import INSTANT, PRODUCT, PROMOTION
from transforms.ingest.batch_events import READ_OF_DATA, read_event
from transforms.ingest.batch_statements import SAYING
from transforms.ingest.commerce import ACTION_FIELDS, read_commerce
from transforms.ingest.text_maps import map_array
from transforms.ingest.values import filled, to_jsons, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.ingest.batch import Batch

_TEXT = frozenset({str, int, float, bool, type(None)})
_WHOLE: frozenset[type] = frozenset({int})
_TRUTH: frozenset[type] = frozenset({bool})
_COMMERCE = ("product_action", "promotion_action", "product_impressions")
_TRUTHS = ("is_first_run", "is_upgrade")
#: Fields whose text is a column, whatever the type of the event.
_COLUMNS = {
    "event_id": "event_id",
    "custom_event_type": "custom_type",
    "currency_code": "currency_code",
    "screen_name": "screen_name",
}
#: Shapes that are remembered: senders that make up names of fields have no end of them.
_REMEMBERED = 4096


@dataclass(frozen=True)
class _Field:
    """One field of `data` that a column holds: the types that it holds, and whether it must not be empty."""

    name: str
    column: str
    types: frozenset[type]
    is_filled: bool = False


@dataclass(frozen=True, eq=False)
class Shape:
    """What the events of one type with the same fields need.

    `left` are the fields that no column holds; `may_say`: some of these events may say something of their user.
    """

    event_type: str
    fields: tuple[_Field, ...]
    commerce: tuple[str, ...]
    left: tuple[str, ...]
    may_say: bool


@lru_cache(_REMEMBERED)
def shape_of(event_type: Any, names: tuple[str, ...]) -> Shape | None:
    """The shape of events of a type with these fields of `data`; None where each needs a look of its own."""
    given = frozenset(names)
    is_commerce = event_type == "commerce_event"
    if type(event_type) is not str or not event_type or _is_told_by_values(event_type, given):
        return None
    fields = [_Field(name, _COLUMNS[name], _TEXT) for name in _COLUMNS if name in given]
    if "source_message_id" in given:
        fields.append(_Field("source_message_id", "event_id", _TEXT, is_filled=True))
    if "session_uuid" in given:
        fields.append(_Field("session_uuid", "session_id", _TEXT, is_filled=True))
    elif "session_id" in given:
        fields.append(_Field("session_id", "session_id", _TEXT))
    if "session_duration_ms" in given:
        fields.append(_Field("session_duration_ms", "session_duration_ms", _WHOLE))
    fields += [_Field(name, name, _TRUTH) for name in _TRUTHS if name in given]
    if "custom_attributes" in given:
        fields.append(_Field("custom_attributes", "attributes", frozenset({dict, type(None)})))
    match event_type:
        case "custom_event" if "event_name" in given:
            fields.append(_Field("event_name", "event_name", frozenset({str, type(None)})))
        case "screen_view":
            name = next((name for name in ("screen_name", "event_name", "name") if name in given), None)
            if name is not None:
                fields.append(_Field(name, "event_name", frozenset({str}), is_filled=True))
        case _:
            pass
    commerce = tuple(name for name in _COMMERCE if is_commerce and name in given)
    held = {one.name for one in fields if not (one.name == "name" and one.column == "event_name")}
    left = tuple(
        name for name in names if name not in held and name not in commerce and name not in READ_OF_DATA
    )
    return Shape(event_type, tuple(fields), commerce, left, _may_say(event_type, given))


def _may_say(event_type: str, given: frozenset[str]) -> bool:
    return event_type == "custom_event" or event_type in SAYING or "location" in given


def _is_told_by_values(event_type: str, given: frozenset[str]) -> bool:
    """Whether what a field stands for depends on the value of another."""
    if {"event_id", "source_message_id"} <= given:
        return True
    is_name = event_type == "custom_event" or (event_type == "screen_view" and "screen_name" not in given)
    return "event_name" in given and not is_name


class ShapedEvent(NamedTuple):
    """An event of a shape. `event_at` is its own time, in µs since 1970, `digest` that of its content."""

    record: int
    source_index: int
    event_at: int
    event: dict[str, Any]
    batch: Batch
    digest: bytes


class EventShapes:
    """Gathers events by shape, and gives them back as columns."""

    def __init__(self) -> None:
        self._events: dict[Shape, list[ShapedEvent]] = {}
        self.count = 0

    def add(self, shape: Shape, event: ShapedEvent) -> None:
        """Take one event whose type and names of fields are those of the shape."""
        self._events.setdefault(shape, []).append(event)
        self.count += 1

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The events of which a value is not for its column, as rows with their records; they are taken out."""
        for shape, events in self._events.items():
            odd = _odd(shape, [one.event["data"] for one in events])
            if odd:
                self._events[shape] = [one for place, one in enumerate(events) if place not in odd]
                for one in (events[place] for place in sorted(odd)):
                    yield one.record, read_event(one.event, one.source_index, one.batch)

    def columns(self) -> Iterator[tuple[tuple[int, ...], dict[str, pa.Array]]]:
        """The records and the columns of the events of each shape; what a shape has not is absent."""
        for shape, events in self._events.items():
            if events:
                yield _columns(shape, events)


def _odd(shape: Shape, datas: list[dict[str, Any]]) -> set[int]:
    """The places of events that read_event() has to look at."""
    odd: set[int] = set()
    for field in shape.fields:
        name = field.name
        values = [data[name] for data in datas]
        if not {*map(type, values)} <= field.types:
            odd.update(place for place, value in enumerate(values) if type(value) not in field.types)
        if field.is_filled and not all(values):
            odd.update(place for place, value in enumerate(values) if not value)
        if field.types == _WHOLE:
            odd.update(place for place, value in enumerate(values) if whole(value) is None)
    for name in shape.commerce:
        odd.update(place for place, data in enumerate(datas) if not _is_commerce(name, data[name]))
    return odd


def _is_commerce(name: str, value: Any) -> bool:
    if name == "product_impressions":
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


def _columns(shape: Shape, events: list[ShapedEvent]) -> tuple[tuple[int, ...], dict[str, pa.Array]]:
    records, indexes, times, whole, _, digests = zip(*events, strict=True)
    datas = [event["data"] for event in whole]
    columns = {
        "event_at": pa.array(times, pa.int64()).view(INSTANT),
        "event_type": pa.array([shape.event_type] * len(events), pa.string()),
        "source_index": pa.array(indexes, pa.int32()),
        # The first eight bytes of each, signed: what content_columns() makes of one.
        "content_digest": pa.array(
            struct.unpack(f">{2 * len(digests)}q", b"".join(digests))[::2], pa.int64()
        ),
    }
    for field in shape.fields:
        columns[field.column] = _column(field, [data[field.name] for data in datas])
    if "event_id" not in columns or columns["event_id"].null_count:
        columns["content"] = pa.array(map(bytes.hex, digests), pa.string())
    commerce = [read_commerce(data) for data in datas] if shape.event_type == "commerce_event" else []
    if commerce:
        columns["event_name"] = pa.array([one.action for one in commerce], pa.string())
        for name in ACTION_FIELDS:
            columns[name] = pa.array([one.columns.get(name) for one in commerce], pa.string())
        columns["products"] = _lines([one.columns.get("products") for one in commerce], PRODUCT)
        columns["promotions"] = _lines([one.columns.get("promotions") for one in commerce], PROMOTION)
    if shape.left or commerce:
        columns["extra"] = _extra(shape, datas, [one.left for one in commerce])
    return records, columns


def _lines(lists: list[list[dict[str, Any]] | None], form: pa.StructType) -> pa.Array:
    """Lists of product lines or promotions."""
    lines = [line for items in lists if items for line in items]
    offsets = [None if items is None else end for items, end in zip(lists, _ends(lists), strict=True)]
    columns = [
        map_array([line.get(field.name) for line in lines])
        if pa.types.is_map(field.type)
        else pa.array([line.get(field.name) for line in lines], field.type)
        for field in form
    ]
    return pa.ListArray.from_arrays(
        pa.array([*offsets, len(lines)], pa.int32()), pa.StructArray.from_arrays(columns, fields=list(form))
    )


def _ends(lists: list[list[dict[str, Any]] | None]) -> Iterator[int]:
    """How many lines there are before each list."""
    return accumulate((len(items or ()) for items in lists[:-1]), initial=0)


def _column(field: _Field, values: list[Any]) -> pa.Array:
    if field.column == "attributes":
        return map_array(values)
    if field.types == _WHOLE:
        return pa.array(values, pa.int64())
    if field.types == _TRUTH:
        return pa.array(values, pa.bool_())
    if field.column == "event_name":
        return pa.array(values, pa.string())
    return pa.array([value or None if type(value) is str else filled(value) for value in values], pa.string())


def _extra(shape: Shape, datas: list[dict[str, Any]], lefts: list[dict[str, Any]]) -> pa.Array:
    names = shape.left
    extras = [{name: data[name] for name in names} for data in datas]
    for extra, left in zip(extras, lefts, strict=False):
        extra.update(left)
    return pa.array([text if text != "{}" else None for text in to_jsons(extras)], pa.string())
