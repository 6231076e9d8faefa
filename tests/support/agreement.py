"""Where the engine and the oracle give different answers."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb

from tests.support.oracle.calculated import number_text
from tests.support.oracle.places import DEVICE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.oracle.audiences import Members
    from tests.support.oracle.calculated import Calculated
    from tests.support.oracle.profiles import Known

#: Rows of one kind by name: (only the oracle has, only the engine has).
Difference = tuple[list[Any], list[Any]]


def member_differences(expected: dict[str, Members], found: dict[str, Members]) -> dict[str, Difference]:
    """By audience id, (mpid, variant) that only one of them has."""
    assert expected.keys() == found.keys()
    return {
        audience_id: _difference(set(members.items()), set(found[audience_id].items()))
        for audience_id, members in expected.items()
        if members != found[audience_id]
    }


def profile_differences(known: Known, warehouse: Path) -> dict[str, Difference]:
    """By model, rows that only one of them has. `known` must be without profile_lifetime, which hides profiles."""
    profiles = known.profiles.items()
    attributes = [(key, *named) for key, profile in profiles for named in profile.attributes.items()]
    expected: dict[str, set[tuple[Any, ...]]] = {
        "select workspace, mpid, first_seen, last_seen, first_active, last_active from dim_profiles": {
            (*key, of.first_seen, of.last_seen, of.first_active, of.last_active) for key, of in profiles
        },
        "select workspace, mpid, attribute_key, attribute_name, value, elements from int_user_attributes": {
            (*key, name, spelling, *((None, value) if isinstance(value, tuple) else (value, None)))
            for key, name, (spelling, value) in attributes
        },
        "select workspace, mpid, identity_type, identity_value from int_user_identities": {
            (*key, *identity) for key, profile in profiles for identity in profile.identities
        },
        "select workspace, mpid, regulation, purpose, consented from int_user_consents": {
            (*key, *purpose, consented)
            for key, profile in profiles
            for purpose, (_, consented) in profile.consents.items()
        },
        "from (select workspace, mpid, os, os_version, brand, model, type, carrier, count(*) from int_user_devices"
        " group by all) as int_user_devices": _counted(
            (*key, *(device.get(name) for name in DEVICE_FIELDS))
            for key, profile in profiles
            for device in profile.devices.values()
        ),
        "select workspace, mpid, country, region, city, postal_code, dma, latitude, longitude"
        " from int_user_locations": {
            (*key, *(profile.place or (None,) * 5), *(profile.point or (None, None)))
            for key, profile in profiles
            if profile.place or profile.point
        },
        "select workspace, mpid, attribution, publisher, campaign from int_user_attributions": {
            (*key, occasion, *told)
            for key, profile in profiles
            for occasion, told in profile.attributions.items()
        },
        "select mpid, input, event_at, event_type, source_line, source_index from stg_lake__events": {
            (mpid, event.order.input, event.at, event.event_type, event.order.line, event.order.position)
            for mpid, event in known.events
        },
    }
    found: dict[str, Difference] = {}
    with closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        for query, rows in expected.items():
            engine_rows = {_hashable(row) for row in connection.execute(query).fetchall()}
            if engine_rows != rows:
                found[query.rpartition(" ")[2]] = _difference(rows, engine_rows)
    return found


def _counted(rows: Iterable[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {(*row, count) for row, count in Counter(rows).items()}


def value_differences(expected: dict[str, dict[int, Calculated]], warehouse: Path) -> dict[str, Difference]:
    """By calculated attribute, (mpid, value) that only one of them has; a number as text.

    `expected` must be without profile_lifetime, which hides profiles.
    """
    found: dict[str, Difference] = {}
    with closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        for attribute_id, values in expected.items():
            query = (
                f"select mpid, coalesce(to_json(elements)::varchar, value) from int_calculated_{attribute_id}"
            )
            written = connection.execute(query).fetchall()
            rows = {(mpid, _written(value)) for mpid, value in values.items()}
            if len(written) != len(rows) or set(written) != rows:
                found[attribute_id] = _difference(rows, set(written))
    return found


def _written(value: Calculated) -> str:
    match value:
        case Fraction():
            return number_text(value)
        case tuple():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case _:
            return value


def _hashable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in row)


def _difference(expected: set[Any], found: set[Any]) -> Difference:
    return sorted(expected - found, key=str), sorted(found - expected, key=str)
