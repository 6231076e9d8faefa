"""Google Customer Match: files to upload, and what is posted to the Data Manager API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL, EMAIL_GOOGLE, EMAIL_GOOGLE_2026
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.ids import ID
from exports.identifiers.people import NAME_GOOGLE, NAME_GOOGLE_WITHOUT_SPACES
from exports.identifiers.phones import PHONE_E164
from exports.identifiers.places import COUNTRY_UPPER, POSTAL_CODE_GOOGLE
from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict, by_status, without
from exports.partners.api import ListCall, ListFacts, Lists, OAuth2, PartnerApi, RowsAt, Slot, Variable
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.jobs import Ended, Failed, Jobs, JobState, Running, rows_in
from exports.partners.json_places import value_at, values_at
from exports.partners.name_spaces import SPACES
from exports.partners.profile import AttributeColumn, IdentityColumn, Option, Partner, PartnerFile

GMAIL = Option(
    "gmail",
    "what is left out of addresses at gmail.com and googlemail.com before they are hashed",
    (
        ("dots", "dots before the @: the Data Manager's formatting page"),
        ("dots_and_tags", "dots and `+tag`: the samples of the Ads API since August 2026"),
        ("nothing", "the older Customer Match page"),
    ),
)
_ADDRESS = ("givenName", "familyName", "regionCode", "postalCode")
_MOST_MEMBERS = 10_000
_LONGEST = timedelta(days=540)
_RULES = "google-2026-11"
_RETRIED = ("CONCURRENT_MODIFICATION", "RESOURCE_EXHAUSTED", "INTERNAL", "UNAVAILABLE")
_LEAVES = "are removed by a request of their own: adds and removes never share one"


def _contacts(email: str, phone: str) -> tuple[IdentityColumn, ...]:
    return (
        IdentityColumn(email, ("email",), EMAIL_GOOGLE, SHA256, GMAIL.is_("dots")),
        IdentityColumn(email, ("email",), EMAIL_GOOGLE_2026, SHA256, GMAIL.is_("dots_and_tags")),
        IdentityColumn(email, ("email",), EMAIL, SHA256, GMAIL.is_("nothing")),
        IdentityColumn(phone, PHONES, PHONE_E164, SHA256),
    )


def _address(first: str, last: str, country: str, code: str) -> tuple[AttributeColumn, ...]:
    """Matched by all four together; country and postal code are not hashed."""
    return (
        *(
            AttributeColumn(header, attribute, rules, SHA256, SPACES.is_(spaces))
            for spaces, rules in (("keep", NAME_GOOGLE), ("leave_out", NAME_GOOGLE_WITHOUT_SPACES))
            for header, attribute in ((first, "first_name"), (last, "last_name"))
        ),
        AttributeColumn(country, "country", COUNTRY_UPPER, PLAIN),
        AttributeColumn(code, "zip", POSTAL_CODE_GOOGLE, PLAIN),
    )


def _request(batch: Batch, members: list[dict[str, Any]]) -> Request:
    verb = "remove" if batch.operation == "remove" else "ingest"
    body = {
        "destinations": [
            {
                "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": "{account}"},
                "productDestinationId": "{audience}",
            }
        ],
        "audienceMembers": members,
        "encoding": "HEX",
    }
    return Request("POST", f"/v1/audienceMembers:{verb}", body)


def _contact_request(batch: Batch) -> Request:
    return _request(batch, [{"userData": {"userIdentifiers": _identifiers(row)}} for row in batch.rows])


def _identifiers(row: dict[str, Any]) -> list[dict[str, Any]]:
    known = {key: value for key, value in row.items() if value is not None}
    address = {key: known.pop(key) for key in _ADDRESS if key in known}
    identifiers: list[dict[str, Any]] = [{key: value} for key, value in known.items()]
    # A part of an address is an error there.
    return [*identifiers, {"address": address}] if len(address) == len(_ADDRESS) else identifiers


def _device_request(batch: Batch) -> Request:
    return _request(batch, [{"mobileData": {"mobileIds": [row["mobileIds"]]}} for row in batch.rows])


def _user_request(batch: Batch) -> Request:
    return _request(batch, [{"userIdData": {"userId": row["userId"]}} for row in batch.rows])


#: The kinds of lists that can be made with what is known here; one of devices needs the id of an app.
_KEY_TYPES = {"contacts": "CONTACT_ID", "users": "USER_ID"}
_MEMBER = re.compile(r"audience_?members\[(\d+)\]", re.IGNORECASE)


def _new_list(facts: ListFacts) -> dict[str, Any]:
    return {
        "displayName": facts.name,
        "membershipDuration": f"{int(_LONGEST.total_seconds())}s",
        "ingestedUserListInfo": {"uploadKeyTypes": [_KEY_TYPES[facts.kind]]},
    }


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("error", "message"))
    if heard.is_success:
        if not heard.rows:
            return Taken()
        request = value_at(heard.body, ("requestId",))
        return Taken(job=request) if isinstance(request, str) else Later(("an answer without `requestId`",))
    fields = heard.words(("error", "details", "*", "fieldViolations", "*", "field"))
    match value_at(heard.body, ("error", "status")):
        case "UNAUTHENTICATED":
            return SignIn(words)
        case "PERMISSION_DENIED":
            return Refused("permission", words)
        case "RESOURCE_EXHAUSTED":
            return Later(words, is_limit=True)
        case status if status in _RETRIED:
            return Later(words)
        case "INVALID_ARGUMENT":
            bad = (int(found.group(1)) for field in fields if (found := _MEMBER.search(field)))
            return without(heard, bad, words) or by_status(heard, words)
        case _:
            return by_status(heard, words)


_ENDED = ("SUCCESS", "PARTIAL_SUCCESS", "FAILED")
_DESTINATION = ("requestStatusPerDestination", "*")


def _work(heard: Heard) -> JobState:
    states = set(values_at(heard.body, (*_DESTINATION, "requestStatus")))
    if not states or not states.issubset(_ENDED):
        return Running()
    errors = (*_DESTINATION, "errorInfo", "errorCounts", "*")
    if states == {"FAILED"}:
        # `PROCESSING_ERROR_REASON_INVALID_FORMAT`: so long a word would be hidden, as a digest is.
        reasons = (word.removeprefix("PROCESSING_ERROR_REASON_") for word in heard.words((*errors, "reason")))
        return Failed(tuple(reason.replace("_", " ").lower() for reason in reasons))
    return Ended(sum(map(rows_in, values_at(heard.body, (*errors, "recordCount")))))


_LIST = "/v1/accountTypes/GOOGLE_ADS/accounts/{account}/userLists"

GOOGLE_CSV = Partner(
    name="google_csv",
    title="Google Customer Match, files to upload",
    rules_version=_RULES,
    source="support.google.com/google-ads/answer/7659867, /7476159 and /7475964",
    files=(
        PartnerFile(
            "contacts",
            Csv(),
            "identities",
            (*_contacts("Email", "Phone"), *_address("First Name", "Last Name", "Country", "Zip")),
        ),
        # A list takes identifiers of one kind: of devices and of user ids there are lists of their own.
        PartnerFile(
            "devices",
            Csv(),
            "identities",
            (IdentityColumn("Mobile Device ID", ADVERTISING_IDS, ADVERTISING_ID, PLAIN),),
        ),
        PartnerFile("users", Csv(), "identities", (IdentityColumn("User ID", ("customer_id",), ID, PLAIN),)),
    ),
    leaves="are not in the next list",
    on_delete="leave",
    options=(GMAIL, SPACES),
    expires_after=_LONGEST,
)

GOOGLE_DATA_MANAGER = Partner(
    name="google_data_manager",
    title="Google Customer Match, Data Manager API",
    rules_version=_RULES,
    source="developers.google.com/data-manager/api, audienceMembers, requestStatus and formatting; googleads/data-manager-python (Dec 2025)",
    files=(
        # At most ten identifiers a member: a line has two, and of a member with more there are more lines.
        PartnerFile(
            "contacts",
            Requests(_contact_request, _MOST_MEMBERS),
            "lines",
            (*_contacts("emailAddress", "phoneNumber"), *_address(*_ADDRESS)),
            snapshot="add",
        ),
        PartnerFile(
            "devices",
            Requests(_device_request, _MOST_MEMBERS),
            "identities",
            (IdentityColumn("mobileIds", ADVERTISING_IDS, ADVERTISING_ID, PLAIN),),
            snapshot="add",
        ),
        PartnerFile(
            "users",
            Requests(_user_request, _MOST_MEMBERS),
            "identities",
            (IdentityColumn("userId", ("customer_id",), ID, PLAIN),),
            snapshot="add",
        ),
    ),
    leaves=_LEAVES,
    on_delete="leave",
    options=(GMAIL, SPACES),
    expires_after=_LONGEST,
    api=PartnerApi(
        address="https://datamanager.googleapis.com",
        authentication=OAuth2("https://oauth2.googleapis.com/token"),
        rows=RowsAt(("audienceMembers",)),
        judge=_judge,
        accepted="a `requestId`; the work goes on there for up to a day",
        lists=Lists(
            create=ListCall("POST", _LIST, _new_list),
            id_at=("id",),
            rename=ListCall(
                "PATCH",
                f"{_LIST}/{{audience}}",
                lambda facts: {"displayName": facts.name},
                lambda _: {"updateMask": "displayName"},
            ),
            delete=ListCall("DELETE", f"{_LIST}/{{audience}}"),
            kinds=tuple(_KEY_TYPES),
        ),
        slots=(
            Slot(("destinations", "*", "operatingAccount", "accountId"), "account"),
            Slot(("destinations", "*", "productDestinationId"), "audience"),
        ),
        variables=(Variable("ACCOUNT_ID", "the Google Ads account, digits alone", fills="account"),),
        retried=_RETRIED,
        jobs=Jobs("/v1/requestStatus:retrieve?requestId={job}", _work, timedelta(days=2)),
        unconfirmed=(
            "the fields by which it names members that it refuses",
            "lists of devices, which must be made there: they need the id of an app",
        ),
    ),
)
