"""Deltas as JSON Lines: the shape of files in cloud storage, and the shape of records in a Firehose stream."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from exports.formats.format import Batch, Delivery, JsonLines, Operation, Request, Requests
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.profile import IdentityColumn, Partner, PartnerFile, StatedColumn
from transforms.instants import epoch_milliseconds
from transforms.vocabulary import IDENTITY_TYPES

_MOST_RECORDS = 500
# 4 MB a call, and room for the names around the records.
_MOST_BYTES = 4_000_000
#: Spellings that the service printed; the others follow from the name.
_PASCAL = {
    "facebook": "FacebookId",
    "twitter": "TwitterId",
    "google": "GoogleId",
    "microsoft": "MicrosoftId",
    "yahoo": "YahooId",
    "android_advertising_id": "GoogleAdvertisingIdentifier",
    **{f"other_id_{number}": f"Other{number}" for number in range(2, 11)},
}


def _line(delivery: Delivery, operation: Operation, row: dict[str, Any]) -> dict[str, Any]:
    identities = {key: value for key, value in row.items() if key != "mpid"}
    return {
        "IsAddRequest": operation != "remove",
        "IdentityValues": {**identities, "mpid": str(row["mpid"])},
        "MembershipChangedTimestamp": epoch_milliseconds(delivery.as_of),
    }


def _record(delivery: Delivery, operation: Operation, row: dict[str, Any]) -> dict[str, Any]:
    identities = {key: value for key, value in row.items() if key != "MPID" and value is not None}
    return {
        "MembershipChangedTimestamp": str(epoch_milliseconds(delivery.as_of) // 1000),
        "AudienceId": delivery.audience_id,
        "AudienceName": delivery.audience_name,
        "IsMember": operation != "remove",
        "MPID": str(row["MPID"]),
        "UserIdentities": identities,
    }


def _records(batch: Batch) -> Request:
    # Records are put one after the other there: each ends its own line.
    lines = (orjson.dumps(_record(batch.delivery, batch.operation, row)) + b"\n" for row in batch.rows)
    data = [{"Data": base64.b64encode(line).decode()} for line in lines]
    return Request("POST", "/", {"DeliveryStreamName": "{delivery_stream}", "Records": data})


JSON_LINES = Partner(
    name="json_lines",
    title="JSON Lines in cloud storage",
    rules_version="json-lines-2026-11",
    source="the mParticle docs of Google Cloud Storage audiences (Oct 2023)",
    files=(
        PartnerFile(
            kind="",
            format=JsonLines(_line),
            arrangement="lines",
            columns=(
                *(IdentityColumn(kind, (kind,), ID, PLAIN) for kind in IDENTITY_TYPES),
                StatedColumn("mpid", "mpid"),
            ),
            snapshot="add",
        ),
    ),
    leaves="have `IsAddRequest` false",
    on_delete="leave",
)

FIREHOSE = Partner(
    name="firehose",
    title="Amazon Data Firehose records",
    rules_version="firehose-2026-11",
    source="the mParticle docs of Kinesis Firehose audiences (Oct 2023), AWS PutRecordBatch",
    files=(
        PartnerFile(
            kind="",
            format=Requests(_records, _MOST_RECORDS, most_bytes=_MOST_BYTES),
            arrangement="lines",
            columns=(
                *(
                    IdentityColumn(_PASCAL.get(kind, kind.title().replace("_", "")), (kind,), ID, PLAIN)
                    for kind in IDENTITY_TYPES
                ),
                StatedColumn("MPID", "mpid"),
            ),
            snapshot="add",
        ),
    ),
    leaves="have `IsMember` false",
    on_delete="message",
    accepted="200 with `FailedPutCount` 0; only the records that failed are sent again",
    retried=("ServiceUnavailable", "InternalFailure"),
)
