"""Builders of what a run publishes, with named defaults."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from transforms.audiences.generations import PublishedAttribute, PublishedAudience
from transforms.audiences.memberships import CalculatedAudience
from transforms.audiences.publishing import Publication
from transforms.audiences.run_models import RunModels
from transforms.contracts import (
    CALCULATED_ATTRIBUTES,
    MEMBERSHIP,
    PROFILES,
    USER_ATTRIBUTES,
    USER_IDENTITIES,
    USER_PRIVACY,
)
from transforms.definitions.records import AbTest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

AS_OF = datetime(2018, 1, 1)
#: The A/B test of audiences whose members are given with variants.
TEST = AbTest("t", (("push", 4000), ("half off", 4000)))


def publication(
    as_of: datetime = AS_OF,
    members: Mapping[str, Mapping[int, str | None] | set[int]] | None = None,
    *,
    identities: set[tuple[int, str, str]] | None = None,
    privacy: tuple[dict[str, object], ...] = (),
    attributes: tuple[tuple[int, str, str], ...] = (),
    calculated: Mapping[str, Mapping[int, str | list[str]] | None] | None = None,
    history: timedelta | None = None,
    formerly: Mapping[str, str] | None = None,
    models: RunModels | None = None,
    test: AbTest = TEST,
) -> Publication:
    """Audience → its mpids, or mpid → variant; identities as (mpid, type, value).

    `calculated`: calculated attribute → mpid → its value, None for one that was not calculated.
    """
    by_audience = members or {}
    rows = [
        {
            "as_of": as_of,
            "audience_id": audience_id,
            "mpid": mpid,
            "variant": mpids[mpid] if isinstance(mpids, dict) else None,
        }
        for audience_id, mpids in sorted(by_audience.items())
        for mpid in sorted(mpids)
    ]
    mpids = sorted({row["mpid"] for row in rows} | {mpid for mpid, _, _ in identities or ()})
    return Publication(
        as_of=as_of,
        calculated=tuple(
            CalculatedAudience(
                audience_id,
                "hash",
                test if isinstance(mpids, dict) else None,
                (formerly or {}).get(audience_id),
            )
            for audience_id, mpids in by_audience.items()
        ),
        members=pa.Table.from_pylist(rows, MEMBERSHIP),
        identities=pa.Table.from_pylist(
            [
                {"mpid": mpid, "identity_type": kind, "identity_value": value}
                for mpid, kind, value in sorted(identities or ())
            ],
            USER_IDENTITIES,
        ),
        privacy=pa.Table.from_pylist([{"is_so": True, **row} for row in privacy], USER_PRIVACY),
        profiles=pa.Table.from_pylist(
            [{"workspace": "shop", "mpid": mpid, "first_seen": as_of} for mpid in mpids], PROFILES
        ),
        attributes=pa.Table.from_pylist(
            [
                {
                    "workspace": "shop",
                    "mpid": mpid,
                    "attribute_key": name.lower(),
                    "attribute_name": name,
                    "value": value,
                    "said_at": as_of,
                }
                for mpid, name, value in attributes
            ],
            USER_ATTRIBUTES,
        ),
        calculated_attributes=pa.Table.from_pylist(
            [
                {
                    "as_of": as_of,
                    "attribute_id": attribute_id,
                    "mpid": mpid,
                    "value": None if isinstance(values[mpid], list) else values[mpid],
                    "elements": values[mpid] if isinstance(values[mpid], list) else None,
                }
                for attribute_id, values in sorted((calculated or {}).items())
                for mpid in sorted(values or ())
                if values is not None
            ],
            CALCULATED_ATTRIBUTES,
        ),
        attribute_definitions=tuple(
            PublishedAttribute(attribute_id, attribute_id, "sum", "number", values is not None, (), None)
            for attribute_id, values in (calculated or {}).items()
        ),
        audiences=tuple(
            PublishedAudience(audience_id, audience_id, audience_id, None, (), None)
            for audience_id in by_audience
        ),
        models=models or RunModels("milepost", (), (), ()),
        membership_history=history,
    )
