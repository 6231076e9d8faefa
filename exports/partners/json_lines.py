"""Deltas as JSON Lines: the shape of files in cloud storage, and the shape of records in a Firehose stream."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson

from exports.formats.format import Batch, Delivery, JsonLines, Operation, Request, Requests, apart
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict, by_status
from exports.partners.api import AwsSignature, PartnerApi, RowsAt, Slot, Variable
from exports.partners.json_places import value_at, values_at
from exports.partners.profile import AnyAttributes, IdentityColumn, Partner, PartnerFile, StatedColumn
from transforms.instants import epoch_milliseconds
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_RECORDS = 500
# 4 MB a call, and room for the names around the records.
_MOST_BYTES = 4_000_000
_ATTRIBUTES = "UserAttributes"
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
    known, attributes = apart(row)
    identities = {key: value for key, value in known.items() if key != "mpid"}
    return {
        "IsAddRequest": operation != "remove",
        "IdentityValues": {**identities, "mpid": str(row["mpid"])},
        "MembershipChangedTimestamp": epoch_milliseconds(delivery.as_of),
        **({} if attributes is None else {_ATTRIBUTES: attributes}),
    }


def _record(delivery: Delivery, operation: Operation, row: dict[str, Any]) -> dict[str, Any]:
    known, attributes = apart(row)
    identities = {key: value for key, value in known.items() if key != "MPID" and value is not None}
    return {
        "MembershipChangedTimestamp": str(epoch_milliseconds(delivery.as_of) // 1000),
        "AudienceId": delivery.audience_id,
        "AudienceName": delivery.audience_name,
        "IsMember": operation != "remove",
        "MPID": str(row["MPID"]),
        "UserIdentities": identities,
        **({} if attributes is None else {_ATTRIBUTES: attributes}),
    }


def _records(batch: Batch) -> Request:
    return _request(_record(batch.delivery, batch.operation, row) for row in batch.rows)


def _request(records: Iterable[dict[str, Any]]) -> Request:
    # Records are put one after the other there: each ends its own line.
    lines = (orjson.dumps(record) + b"\n" for record in records)
    data = [{"Data": base64.b64encode(line).decode()} for line in lines]
    return Request("POST", "/", {"DeliveryStreamName": "{delivery_stream}", "Records": data})


def _deleted(delivery: Delivery) -> Request:
    # The service sends a message, too, and does not print it: this one is Milepost's own.
    message = {
        "MembershipChangedTimestamp": str(epoch_milliseconds(delivery.as_of) // 1000),
        "AudienceId": delivery.audience_id,
        "AudienceName": delivery.audience_name,
        "AudienceDeleted": True,
    }
    return _request([message])


_PASSING = ("ServiceUnavailableException", "ServiceUnavailable", "InternalFailure")
_TOO_OFTEN = ("ThrottlingException", "LimitExceededException")
_SIGNED_OUT = ("ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException")


def _judge(heard: Heard) -> Verdict:
    if not heard.is_success:
        return _refusal(heard)
    failed = value_at(heard.body, ("FailedPutCount",))
    if failed == 0:
        return Taken()
    found = (value_at(each, ("ErrorCode",)) for each in values_at(heard.body, ("RequestResponses", "*")))
    errors = [None if each is None else str(each) for each in found]
    if not isinstance(failed, int) or len(errors) != len(heard.rows):
        return Later(("an answer that does not have each record",))
    again = tuple(position for position, error in enumerate(errors) if error in _PASSING)
    rejected = tuple(
        position for position, error in enumerate(errors) if error is not None and error not in _PASSING
    )
    return Taken(tuple(sorted({error for error in errors if error})), rejected, again=again)


def _refusal(heard: Heard) -> Verdict:
    words = heard.words(("message",), ("Message",), ("__type",))
    # The name may have a namespace before it, up to `#`.
    name = str(value_at(heard.body, ("__type",)) or "").rpartition("#")[2]
    if name in _TOO_OFTEN:
        return Later(words, is_limit=True)
    if name in _PASSING:
        return Later(words)
    if name in _SIGNED_OUT:
        return SignIn(words)
    return Refused("permission", words) if name == "AccessDeniedException" else by_status(heard, words)


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
            attributes=AnyAttributes("object", f"in `{_ATTRIBUTES}`, which no page of the service shows"),
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
            attributes=AnyAttributes("object", f"in `{_ATTRIBUTES}`, which no page of the service shows"),
        ),
    ),
    leaves="have `IsMember` false",
    on_delete="message",
    message=_deleted,
    api=PartnerApi(
        address=None,
        address_like="https://firehose.eu-central-1.amazonaws.com",
        authentication=AwsSignature("firehose"),
        rows=RowsAt(("Records",), identifiers=(("UserIdentities",), ("MPID",))),
        judge=_judge,
        accepted="200 with `FailedPutCount` 0; only the records that failed are sent again",
        slots=(Slot(("DeliveryStreamName",), "delivery_stream"),),
        post_headers=(
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "Firehose_20150804.PutRecordBatch"),
        ),
        variables=(Variable("DELIVERY_STREAM", "the name of the stream", fills="delivery_stream"),),
        retried=("ServiceUnavailableException", "InternalFailure", "ThrottlingException"),
    ),
)
