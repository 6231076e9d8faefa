"""How each partner's API reads requests and answers them, as its pages document it: the other side of `api=`.

Written from the documentation, not from the code under test, so that the two can disagree.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Reply = tuple[int, Any]
#: The account that the tests sign in to.
ACCOUNT = "1001"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    raw: bytes


@dataclass(frozen=True)
class Batch:
    """Rows for a list. `session`: id, number, whether it is the last, of batches that are one whole.

    `attributes`: what is said of each row besides who it is, where the partner keeps that.
    """

    list_id: str
    operation: Literal["add", "remove", "replace"]
    rows: tuple[tuple[str, ...], ...]
    session: tuple[int, int, bool] | None = None
    attributes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Dialect:
    """`rows`: method and path of a request of rows, the list among the groups. `bad` are positions that are refused."""

    rows: str
    read: Callable[[Asked, str], Batch]
    answer: Callable[[Batch, tuple[int, ...]], Reply]
    gone: Reply = (404, {"message": "not found"})
    create: str | None = None
    name_of: Callable[[Asked], str] = lambda asked: asked.body["name"]
    made: Callable[[str], Any] = lambda made: {"id": made}
    made_headers: Callable[[str], dict[str, str]] = lambda _: {}
    rename: str | None = None
    delete: str | None = None
    id_of: Callable[[Asked], str] | None = None
    #: A list without a name of its own is there from the start.
    fixed_list: str | None = None
    most_rows: int = 10_000
    least_left: int = 0
    too_small: Reply = (400, {})
    #: A request with a bad row fails as a whole.
    is_whole: bool = False
    #: Where it is asked about work that goes on, and what is said of work that has ended.
    job: str | None = None
    job_done: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _values(row: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in row if value not in ("", None))


def _meta(asked: Asked, list_id: str) -> Batch:
    session = asked.body.get("session")
    operation = "replace" if asked.path.endswith("usersreplace") else "add"
    return Batch(
        list_id,
        "remove" if asked.method == "DELETE" else operation,
        tuple(_values(row) for row in asked.body["payload"]["data"]),
        session and (session["session_id"], session["batch_seq"], session["last_batch_flag"]),
    )


def _meta_answer(batch: Batch, bad: tuple[int, ...]) -> Reply:
    return 200, {
        "audience_id": batch.list_id,
        "session_id": batch.session[0] if batch.session else 0,
        "num_received": len(batch.rows),
        "num_invalid_entries": len(bad),
        "invalid_entry_samples": {str(batch.rows[each]): "" for each in bad[:3]},
    }


META = Dialect(
    rows=r"(?:POST|DELETE) /v25\.0/(\d+)/users(?:replace)?",
    read=_meta,
    answer=_meta_answer,
    gone=(
        400,
        {
            "error": {
                "code": 100,
                "error_subcode": 33,
                "type": "GraphMethodException",
                "message": "Unsupported post request. Object does not exist",
            }
        },
    ),
    create=rf"POST /v25\.0/act_{ACCOUNT}/customaudiences",
    rename=r"POST /v25\.0/(\d+)",
    delete=r"DELETE /v25\.0/(\d+)",
    headers={"authorization": "Bearer secret-token-1234"},
)


def _google(asked: Asked, _: str) -> Batch:
    [destination] = asked.body["destinations"]
    assert destination["operatingAccount"] == {"accountType": "GOOGLE_ADS", "accountId": ACCOUNT}
    assert asked.body["encoding"] == "HEX"

    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = value.values() if isinstance(value, dict) else value
        return [text for each in inner for text in texts(each)]

    return Batch(
        destination["productDestinationId"],
        "remove" if asked.path.endswith(":remove") else "add",
        tuple(tuple(texts(member)) for member in asked.body["audienceMembers"]),
    )


def _google_answer(batch: Batch, bad: tuple[int, ...]) -> Reply:
    if not bad:
        return 200, {"requestId": hashlib.sha256(repr(batch).encode()).hexdigest()[:16]}
    fields = [{"field": f"audience_members[{each}].user_data", "description": "malformed"} for each in bad]
    error = {"code": 400, "status": "INVALID_ARGUMENT", "message": "bad members"}
    return 400, {"error": {**error, "details": [{"fieldViolations": fields}]}}


_GOOGLE_LIST = rf"/v1/accountTypes/GOOGLE_ADS/accounts/{ACCOUNT}/userLists"
GOOGLE = Dialect(
    rows=r"POST /v1/audienceMembers:(?:ingest|remove)",
    read=_google,
    answer=_google_answer,
    gone=(404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "no such user list"}}),
    create=f"POST {_GOOGLE_LIST}",
    name_of=lambda asked: asked.body["displayName"],
    rename=rf"PATCH {_GOOGLE_LIST}/(\d+)",
    delete=rf"DELETE {_GOOGLE_LIST}/(\d+)",
    is_whole=True,
    job="GET /v1/requestStatus:retrieve",
    job_done={"requestStatusPerDestination": [{"requestStatus": "SUCCESS"}]},
)


def _tiktok(asked: Asked, _: str) -> Batch:
    assert asked.body["advertiser_ids"] == [ACCOUNT]
    cells = [cell for row in asked.body["batch_data"] for cell in row if cell]
    [list_id] = {each for cell in cells for each in cell["audience_ids"]}
    rows = tuple(tuple(cell["id"] for cell in row if cell) for row in asked.body["batch_data"])
    return Batch(list_id, "remove" if asked.body["action"] == "delete" else "add", rows)


TIKTOK = Dialect(
    rows=r"POST /open_api/v1\.3/segment/mapping/",
    read=_tiktok,
    answer=lambda _, __: (200, {"code": 0, "message": "OK", "data": {}}),
    gone=(200, {"code": 40002, "message": "Audience does not exist"}),
    create=r"POST /open_api/v1\.3/segment/audience/",
    name_of=lambda asked: asked.body["custom_audience_name"],
    made=lambda made: {"code": 0, "message": "OK", "data": {"audience_id": made}},
    delete=r"POST /open_api/v1\.3/segment/audience/",
    id_of=lambda asked: asked.body["audience_id"],
    most_rows=1_000,
    too_small=(200, {"code": 40002, "message": "The audience size would be below 1000"}),
    headers={"access-token": "secret-token-1234"},
)


def _snapchat(asked: Asked, list_id: str) -> Batch:
    [users] = asked.body["users"]
    assert len(users["schema"]) == 1
    rows = tuple(_values(row) for row in users["data"])
    return Batch(list_id, "remove" if asked.method == "DELETE" else "add", rows)


SNAPCHAT = Dialect(
    rows=r"(?:POST|DELETE) /v1/segments/(\d+)/users",
    read=_snapchat,
    answer=lambda batch, _: (
        200,
        {
            "request_status": "SUCCESS",
            "users": [{"sub_request_status": "SUCCESS", "user": {"number_uploaded_users": len(batch.rows)}}],
        },
    ),
    gone=(404, {"request_status": "ERROR", "display_message": "Segment was not found"}),
    create=f"POST /v1/adaccounts/{ACCOUNT}/segments",
    name_of=lambda asked: asked.body["segments"][0]["name"],
    made=lambda made: {
        "request_status": "SUCCESS",
        "segments": [{"sub_request_status": "SUCCESS", "segment": {"id": made}}],
    },
    rename=f"PUT /v1/adaccounts/{ACCOUNT}/segments",
    delete=r"DELETE /v1/segments/(\d+)",
    id_of=lambda asked: asked.body["segments"][0]["id"],
    most_rows=100_000,
)


def _x(asked: Asked, list_id: str) -> Batch:
    kinds = {operation["operation_type"] for operation in asked.body}
    rows = tuple(
        tuple(text for user in operation["params"]["users"] for texts in user.values() for text in texts)
        for operation in asked.body
    )
    return Batch(list_id, "remove" if kinds == {"Delete"} else "add", rows)


def _x_answer(batch: Batch, bad: tuple[int, ...]) -> Reply:
    count = len(batch.rows)
    if not bad:
        return 200, {"data": {"success_count": count, "total_count": count}}
    errors = [[{"message": "bad user"}] if position in bad else [] for position in range(count)]
    return 400, {"errors": [{"code": "INVALID", "message": "bad"}], "operation_errors": errors}


_X_LIST = rf"/12/accounts/{ACCOUNT}/custom_audiences"
X = Dialect(
    rows=rf"POST {_X_LIST}/(\d+)/users",
    read=_x,
    answer=_x_answer,
    gone=(404, {"errors": [{"code": "NOT_FOUND", "message": "no such audience"}]}),
    create=f"POST {_X_LIST}",
    name_of=lambda asked: asked.query["name"],
    made=lambda made: {"data": {"id": made}},
    rename=rf"PUT {_X_LIST}/(\d+)",
    delete=rf"DELETE {_X_LIST}/(\d+)",
    most_rows=2_500,
    is_whole=True,
)


def _pinterest(asked: Asked, list_id: str) -> Batch:
    rows = tuple((value,) for value in asked.body["records"].split(","))
    return Batch(list_id, "remove" if asked.body["operation_type"] == "REMOVE" else "add", rows)


PINTEREST = Dialect(
    rows=rf"PATCH /v5/ad_accounts/{ACCOUNT}/customer_lists/(\d+)",
    read=_pinterest,
    answer=lambda batch, _: (200, {"id": batch.list_id, "num_uploaded_user_records": len(batch.rows)}),
    gone=(404, {"code": 2, "message": "Customer list not found"}),
    fixed_list="77",
    most_rows=100_000,
)


def _linkedin(asked: Asked, list_id: str) -> Batch:
    assert asked.headers["x-restli-method"] == "BATCH_CREATE"
    kinds = {element["action"] for element in asked.body["elements"]}
    rows = tuple(
        tuple(identity["idValue"] for identity in element["userIds"]) for element in asked.body["elements"]
    )
    return Batch(list_id, "remove" if kinds == {"REMOVE"} else "add", rows)


def _linkedin_answer(batch: Batch, bad: tuple[int, ...]) -> Reply:
    elements = [
        {"status": 400, "error": {"message": "malformed user"}} if position in bad else {"status": 201}
        for position in range(len(batch.rows))
    ]
    return 200, {"elements": elements}


LINKEDIN = Dialect(
    rows=r"POST /rest/dmpSegments/(\d+)/users",
    read=_linkedin,
    answer=_linkedin_answer,
    gone=(404, {"status": 404, "message": "no such segment"}),
    create="POST /rest/dmpSegments",
    made=lambda _: {},
    made_headers=lambda made: {"X-RestLi-Id": made},
    rename=r"POST /rest/dmpSegments/(\d+)",
    delete=r"DELETE /rest/dmpSegments/(\d+)",
    most_rows=5_000,
    headers={"linkedin-version": "202611"},
)


def _microsoft(asked: Asked, _: str) -> Batch:
    data = asked.body["CustomerListUserData"]
    assert isinstance(data["AudienceId"], int)
    rows = tuple((value,) for value in data["CustomerListItems"])
    return Batch(str(data["AudienceId"]), "remove" if data["ActionType"] == "Remove" else "add", rows)


MICROSOFT = Dialect(
    rows=r"POST /CampaignManagement/v13/CustomerListUserData/Apply",
    read=_microsoft,
    answer=lambda _, bad: (
        200,
        {"PartialErrors": [{"Index": each, "Code": 1, "Message": "bad item"} for each in bad]},
    ),
    gone=(400, {"OperationErrors": [{"Code": 4502, "Message": "The audience id is invalid"}]}),
    create="POST /CampaignManagement/v13/Audiences",
    name_of=lambda asked: asked.body["Audiences"][0]["Name"],
    made=lambda made: {"AudienceIds": [int(made)], "PartialErrors": []},
    rename="PUT /CampaignManagement/v13/Audiences",
    delete="DELETE /CampaignManagement/v13/Audiences",
    id_of=lambda asked: str(
        asked.body["AudienceIds"][0] if "AudienceIds" in asked.body else asked.body["Audiences"][0]["Id"]
    ),
    headers={"customeraccountid": ACCOUNT, "customerid": "2002", "developertoken": "secret-developer"},
)


def _braze(asked: Asked, _: str) -> Batch:
    flags = {row[key] for row in asked.body["attributes"] for key in row if key.startswith("In ")}
    rows = tuple((row["external_id"],) for row in asked.body["attributes"])
    said = tuple(
        {key: value for key, value in row.items() if key != "external_id" and not key.startswith("In ")}
        for row in asked.body["attributes"]
    )
    return Batch("attribute", "add" if flags == {True} else "remove", rows, attributes=said)


BRAZE = Dialect(
    rows="POST /users/track",
    read=_braze,
    answer=lambda batch, bad: (
        201,
        {
            "message": "success",
            "attributes_processed": len(batch.rows) - len(bad),
            **(
                {"errors": [{"type": "bad user", "input_array": "attributes", "index": each} for each in bad]}
            ),
        },
    ),
    fixed_list="attribute",
    most_rows=75,
    headers={"authorization": "Bearer secret-key-1234"},
)


def _klaviyo(asked: Asked, _: str) -> Batch:
    job = asked.body["data"]
    [to] = job["relationships"]["lists"]["data"]
    profiles = job["attributes"]["profiles"]["data"]
    return Batch(to["id"], "add", tuple(_values(profile["attributes"].values()) for profile in profiles))


def _klaviyo_answer(_: Batch, bad: tuple[int, ...]) -> Reply:
    if not bad:
        return 202, {"data": {"type": "profile-bulk-import-job", "id": "job-1"}}
    place = "/data/attributes/profiles/data/{}/attributes/email"
    errors = [{"detail": "Invalid email", "source": {"pointer": place.format(each)}} for each in bad]
    return 400, {"errors": errors}


KLAVIYO = Dialect(
    rows="POST /api/profile-bulk-import-jobs",
    read=_klaviyo,
    answer=_klaviyo_answer,
    gone=(404, {"errors": [{"detail": "List does not exist"}]}),
    create="POST /api/lists",
    name_of=lambda asked: asked.body["data"]["attributes"]["name"],
    made=lambda made: {"data": {"type": "list", "id": made}},
    rename=r"PATCH /api/lists/(\d+)",
    delete=r"DELETE /api/lists/(\d+)",
    is_whole=True,
    job=r"GET /api/profile-bulk-import-jobs/[\w-]+",
    job_done={"data": {"attributes": {"status": "complete", "total_count": 4, "failed_count": 0}}},
    headers={"authorization": "Klaviyo-API-Key secret-key-1234", "revision": "2025-10-15"},
)


def _iterable(asked: Asked, _: str) -> Batch:
    assert isinstance(asked.body["listId"], int)
    subscribers = asked.body["subscribers"]
    rows = tuple(_values(row[key] for key in ("email", "userId") if key in row) for row in subscribers)
    said = tuple(row.get("dataFields", {}) for row in subscribers)
    verb = "remove" if asked.path.endswith("/unsubscribe") else "add"
    return Batch(str(asked.body["listId"]), verb, rows, attributes=said)


ITERABLE = Dialect(
    rows="POST /api/lists/(?:un)?subscribe",
    read=_iterable,
    answer=lambda batch, bad: (
        200,
        {
            "successCount": len(batch.rows) - len(bad),
            "failCount": len(bad),
            "invalidEmails": [batch.rows[each][0] for each in bad],
            "invalidUserIds": [],
        },
    ),
    gone=(400, {"code": "BadParams", "msg": "List not found"}),
    create="POST /api/lists",
    made=lambda made: {"listId": int(made)},
    delete=r"DELETE /api/lists/(\d+)",
    most_rows=1_000,
    headers={"api-key": "secret-key-1234"},
)


def _trade_desk(asked: Asked, _: str) -> Batch:
    assert (asked.body["AdvertiserId"], asked.body["DataProviderId"]) == (ACCOUNT, "provider-1")
    minutes = {data["TTLInMinutes"] for item in asked.body["Items"] for data in item["Data"]}
    rows = tuple((item["DAID"],) for item in asked.body["Items"])
    return Batch("segment", "remove" if minutes == {0} else "add", rows)


TRADE_DESK = Dialect(
    rows="POST /data/advertiser",
    read=_trade_desk,
    answer=lambda _, bad: (
        200,
        {
            "FailedLines": [
                {"ErrorCode": "MissingUserId", "Message": f"Invalid DAID, item #{n + 1}"} for n in bad
            ]
        }
        if bad
        else {},
    ),
    fixed_list="segment",
)


def _firehose(asked: Asked, _: str) -> Batch:
    assert asked.headers["x-amz-target"] == "Firehose_20150804.PutRecordBatch"
    assert asked.body["DeliveryStreamName"] == "stream-1"
    records = [json.loads(base64.b64decode(record["Data"])) for record in asked.body["Records"]]
    if all(record.get("AudienceDeleted") for record in records):
        return Batch("stream", "remove", ((),) * len(records))
    [is_member] = {record["IsMember"] for record in records}
    rows = tuple((record["MPID"],) for record in records)
    return Batch("stream", "add" if is_member else "remove", rows)


FIREHOSE = Dialect(
    rows="POST /",
    read=_firehose,
    answer=lambda batch, bad: (
        200,
        {
            "FailedPutCount": len(bad),
            "RequestResponses": [
                {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
                if position in bad
                else {"RecordId": str(position)}
                for position in range(len(batch.rows))
            ],
        },
    ),
    fixed_list="stream",
    most_rows=500,
)

DIALECTS = {
    "meta": META,
    "google_data_manager": GOOGLE,
    "tiktok": TIKTOK,
    "snapchat": SNAPCHAT,
    "x": X,
    "pinterest": PINTEREST,
    "linkedin": LINKEDIN,
    "microsoft": MICROSOFT,
    "braze": BRAZE,
    "klaviyo": KLAVIYO,
    "iterable": ITERABLE,
    "trade_desk": TRADE_DESK,
    "firehose": FIREHOSE,
}


def matched(pattern: str | None, asked: Asked) -> re.Match[str] | None:
    """Whether a request is of this method and path."""
    return None if pattern is None else re.fullmatch(pattern, f"{asked.method} {asked.path}")
