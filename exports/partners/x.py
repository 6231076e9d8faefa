"""X custom audiences."""

from __future__ import annotations

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.ids import ACCOUNT_NUMBER, ID
from exports.identifiers.phones import PHONE_E164
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_MOST_OPERATIONS = 2_500
_MOST_BYTES = 5_000_000
_FEWEST = 100


def _operations(batch: Batch) -> Request:
    kind = "Delete" if batch.operation == "remove" else "Update"
    users = ({key: values for key, values in row.items() if values} for row in batch.rows)
    operations = [{"operation_type": kind, "params": {"users": [user]}} for user in users]
    return Request("POST", "/12/accounts/{account}/custom_audiences/{audience}/users", operations)


X = Partner(
    name="x",
    title="X custom audience",
    rules_version="x-2026-11",
    source="developer.x.com: custom audience users, user data; phone numbers as E.164, which X does not say",
    files=(
        PartnerFile(
            "",
            Requests(_operations, _MOST_OPERATIONS, most_bytes=_MOST_BYTES),
            "members",
            (
                IdentityColumn("email", ("email",), EMAIL, SHA256),
                IdentityColumn("phone_number", PHONES, PHONE_E164, SHA256),
                IdentityColumn("device_id", ADVERTISING_IDS, ADVERTISING_ID, SHA256),
                IdentityColumn("twitter_id", ("twitter",), ACCOUNT_NUMBER, SHA256),
                IdentityColumn("partner_user_id", ("customer_id",), ID, PLAIN),
            ),
            snapshot="add",
            least_rows=_FEWEST,
        ),
    ),
    leaves="are taken out by a `Delete` operation",
    on_delete="delete",
    accepted="`success_count` equal to `total_count`; a request holds as a whole or not at all",
)
