"""A table of a warehouse, as parquet to load: who is a member, or the log of changes."""

from __future__ import annotations

from exports.formats.format import Parquet
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.profile import (
    LISTED,
    AnyAttributes,
    IdentityColumn,
    Option,
    Partner,
    PartnerFile,
    StatedColumn,
)
from transforms.vocabulary import IDENTITY_TYPES

ROWS = Option(
    "rows",
    "what the table holds",
    (
        ("members", "one row for each member, the whole table anew"),
        (
            "changes",
            "a log: each delivery's rows are appended, and the last row of an mpid by `timestamp` holds",
        ),
    ),
)
#: The service's names of columns, where it has one; the others are the type without underscores.
_NAMES = {
    "other": "otheruserid",
    "facebook": "facebookid",
    "twitter": "twitterid",
    "google": "googleuserid",
    "microsoft": "microsoftid",
    "yahoo": "yahooid",
    "ios_advertising_id": "idfa",
    "ios_idfv": "idfv",
    "android_advertising_id": "googleaid",
    "android_uuid": "androidid",
    "roku_advertising_id": "rokuaid",
    "fire_advertising_id": "fireadvertisingid",
    **{f"other_id_{number}": f"otheruserid{number}" for number in range(2, 11)},
}
_IDENTITIES = tuple(
    IdentityColumn(_NAMES.get(kind, kind.replace("_", "")), (kind,), ID, PLAIN) for kind in IDENTITY_TYPES
)
_MEMBER = (
    StatedColumn("timestamp", "as_of"),
    StatedColumn("mpid", "mpid"),
    StatedColumn("audienceid", "audience_id"),
    StatedColumn("audiencename", "audience_name"),
    *_IDENTITIES,
)
_ATTRIBUTES = AnyAttributes(
    "records", f"in `{LISTED}`, records of `name` and `value`; the elements of a list are joined by `, `"
)

WAREHOUSE_TABLE = Partner(
    name="warehouse_table",
    title="Warehouse table, as parquet",
    rules_version="warehouse-table-2026-11",
    source="the mParticle docs of BigQuery audiences (Oct 2023); identities are lists of text",
    files=(
        PartnerFile("", Parquet(), "members", _MEMBER, when=ROWS.is_("members"), attributes=_ATTRIBUTES),
        PartnerFile(
            "",
            Parquet(),
            "members",
            (StatedColumn("isadd", "is_member"), *_MEMBER),
            snapshot="add",
            when=ROWS.is_("changes"),
            attributes=_ATTRIBUTES,
        ),
    ),
    leaves="are not in the next table; in a log they have `isadd` false",
    on_delete="leave",
    options=(ROWS,),
)
