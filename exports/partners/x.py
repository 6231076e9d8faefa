"""X custom audiences."""

from __future__ import annotations

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.ids import ACCOUNT_NUMBER, ID
from exports.identifiers.phones import PHONE_E164
from exports.partners.answers import Heard, Later, Taken, Verdict, by_status, without
from exports.partners.api import ListCall, Lists, OAuth1, PartnerApi, RowsAt, Variable
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.json_places import value_at
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_MOST_OPERATIONS = 2_500
_MOST_BYTES = 5_000_000
_FEWEST = 100


def _operations(batch: Batch) -> Request:
    kind = "Delete" if batch.operation == "remove" else "Update"
    users = ({key: values for key, values in row.items() if values} for row in batch.rows)
    operations = [{"operation_type": kind, "params": {"users": [user]}} for user in users]
    return Request("POST", "/12/accounts/{account}/custom_audiences/{audience}/users", operations)


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("errors", "*", "message"), ("operation_errors", "*", "*", "message"))
    errors = value_at(heard.body, ("operation_errors",))
    # One entry for each operation: its errors, none where it was in order.
    bad = [position for position, error in enumerate(errors if isinstance(errors, list) else ()) if error]
    if bad and heard.status not in (401, 429):
        return without(heard, bad, words) or by_status(heard, words)
    taken, total = (value_at(heard.body, ("data", f"{which}_count")) for which in ("success", "total"))
    if heard.is_success and heard.rows and (taken != total or total != len(heard.rows)):
        return Later(words or ("`success_count` and `total_count` are not those of the request",))
    return Taken() if heard.is_success else by_status(heard, words)


_LISTS = "/12/accounts/{account}/custom_audiences"

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
    api=PartnerApi(
        address="https://ads-api.x.com",
        authentication=OAuth1(),
        rows=RowsAt(()),
        judge=_judge,
        accepted="`success_count` equal to `total_count`; a request holds as a whole or not at all, and is sent again without the operations that `operation_errors` names",
        lists=Lists(
            create=ListCall("POST", _LISTS, query=lambda facts: {"name": facts.name}),
            id_at=("data", "id"),
            rename=ListCall("PUT", f"{_LISTS}/{{audience}}", query=lambda facts: {"name": facts.name}),
            delete=ListCall("DELETE", f"{_LISTS}/{{audience}}"),
        ),
        variables=(Variable("ACCOUNT_ID", "the ads account", fills="account"),),
        unconfirmed=("how `operation_errors` names operations, which comes from connectors of others",),
    ),
)
