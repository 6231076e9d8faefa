"""LinkedIn matched audiences: the contact list as a CSV, and what is posted to the API."""

from __future__ import annotations

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID, ADVERTISING_ID_UPPER
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.partners.answers import Heard, Later, Taken, Verdict, by_status
from exports.partners.api import ListCall, Lists, OAuth2, PartnerApi, RowsAt, Variable
from exports.partners.json_places import values_at
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_RULES = "linkedin-2026-11"
_FEWEST = 300
_MOST = 300_000
_MOST_ELEMENTS = 5_000
_EMAIL = ("email",)
_ANDROID = ("android_advertising_id",)


def _elements(batch: Batch) -> Request:
    action = "REMOVE" if batch.operation == "remove" else "ADD"
    elements = [
        {
            "action": action,
            "userIds": [
                {"idType": kind, "idValue": value} for kind, value in row.items() if value is not None
            ],
        }
        for row in batch.rows
    ]
    return Request("POST", "/rest/dmpSegments/{audience}/users", {"elements": elements})


_PASSING = (429, 500, 502, 503, 504)


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("message",), ("elements", "*", "error", "message"), ("elements", "*", "message"))
    if not heard.is_success:
        return by_status(heard, words)
    statuses = list(values_at(heard.body, ("elements", "*", "status")))
    again = tuple(position for position, status in enumerate(statuses) if status in _PASSING)
    bad = [
        position
        for position, status in enumerate(statuses)
        if isinstance(status, int) and status // 100 != 2 and status not in _PASSING
    ]
    if heard.rows and len(statuses) != len(heard.rows):
        return Later(("an answer that does not have each element",))
    return Taken(words, tuple(bad), again=again)


LINKEDIN_CSV = Partner(
    name="linkedin_csv",
    title="LinkedIn matched audience, contact list",
    rules_version=_RULES,
    source="linkedin.com/help/lms/answer/a1489764; ids of devices after connectors of Treasure Data and HCL",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            (
                IdentityColumn("email", _EMAIL, EMAIL, SHA256),
                IdentityColumn("googleaid", _ANDROID, ADVERTISING_ID, PLAIN),
                IdentityColumn("appleidfa", ("ios_advertising_id",), ADVERTISING_ID_UPPER, PLAIN),
            ),
            least_rows=_FEWEST,
            most_rows=_MOST,
        ),
    ),
    leaves="are not in the next list",
    on_delete="leave",
)

LINKEDIN = Partner(
    name="linkedin",
    title="LinkedIn matched audience, API",
    rules_version=_RULES,
    source="learn.microsoft.com/linkedin/marketing, create and manage segment users",
    files=(
        PartnerFile(
            "",
            Requests(_elements, _MOST_ELEMENTS),
            "lines",
            (
                IdentityColumn("SHA256_EMAIL", _EMAIL, EMAIL, SHA256),
                IdentityColumn("GOOGLE_AID", _ANDROID, ADVERTISING_ID, PLAIN),
            ),
            snapshot="add",
            least_rows=_FEWEST,
        ),
    ),
    leaves="are taken out by `action` REMOVE",
    on_delete="leave",
    api=PartnerApi(
        address="https://api.linkedin.com",
        authentication=OAuth2("https://www.linkedin.com/oauth/v2/accessToken"),
        rows=RowsAt(("elements",)),
        judge=_judge,
        accepted="a `status` of 2xx for each element",
        lists=Lists(
            create=ListCall(
                "POST",
                "/rest/dmpSegments",
                lambda facts: {
                    "name": facts.name,
                    "account": f"urn:li:sponsoredAccount:{facts.account}",
                    "accessPolicy": "PRIVATE",
                    "sourcePlatform": "FIRST_PARTY",
                    "type": "USER",
                    "destinations": [{"destination": "LINKEDIN"}],
                },
            ),
            id_at=("id",),
            id_header="x-restli-id",
            rename=ListCall(
                "POST",
                "/rest/dmpSegments/{audience}",
                lambda facts: {"patch": {"$set": {"name": facts.name}}},
                headers=(("X-RestLi-Method", "PARTIAL_UPDATE"),),
            ),
            delete=ListCall("DELETE", "/rest/dmpSegments/{audience}"),
            seconds_until_ready=60.0,
        ),
        headers=(("X-RestLi-Protocol-Version", "2.0.0"),),
        post_headers=(("X-RestLi-Method", "BATCH_CREATE"),),
        variables=(
            Variable("ACCOUNT_ID", "the sponsored account, digits alone", fills="account"),
            Variable(
                "API_VERSION",
                "the version of the API as `yyyymm`; each is there for a year",
                header="LinkedIn-Version",
            ),
        ),
        retried=("404 within a minute of the segment's creation",),
        unconfirmed=("the `sourcePlatform` of a segment, which LinkedIn agrees with each partner",),
    ),
)
