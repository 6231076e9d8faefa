"""LinkedIn matched audiences: the contact list as a CSV, and what is posted to the API."""

from __future__ import annotations

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID, ADVERTISING_ID_UPPER
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
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
    retried=("404 within seconds of the segment's creation",),
)
