"""Pinterest customer lists."""

from __future__ import annotations

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import MD5, SHA1, SHA256
from exports.partners.answers import Heard, Verdict, by_status
from exports.partners.api import Lists, OAuth2, PartnerApi, RowsAt, Variable
from exports.partners.identity_types import ADVERTISING_IDS
from exports.partners.profile import IdentityColumn, Option, Partner, PartnerFile

HASH = Option(
    "hash",
    "the digest of addresses and advertising ids",
    (("sha256", "SHA-256"), ("sha1", "SHA-1, as the service sends them"), ("md5", "MD5")),
)
_MOST_ROWS = 100_000
_FEWEST = 100
_ENCODINGS = {"sha256": SHA256, "sha1": SHA1, "md5": MD5}


def _records(batch: Batch) -> Request:
    body = {
        "operation_type": "REMOVE" if batch.operation == "remove" else "ADD",
        # One text, not a list.
        "records": ",".join(value for row in batch.rows for value in row.values()),
    }
    return Request("PATCH", "/v5/ad_accounts/{account}/customer_lists/{audience}", body)


def _judge(heard: Heard) -> Verdict:
    # It counts records, whether or not they are anybody's: there is no word of single ones.
    return by_status(heard, () if heard.is_success else heard.words(("message",)))


_FORMAT = Requests(_records, _MOST_ROWS)

PINTEREST = Partner(
    name="pinterest",
    title="Pinterest customer lists",
    rules_version="pinterest-2026-11",
    source="pinterest/pinterest-python-generated-api-client, CustomerList",
    files=(
        PartnerFile(
            "emails",
            _FORMAT,
            "identities",
            tuple(
                IdentityColumn("records", ("email",), EMAIL, encoding, HASH.is_(name))
                for name, encoding in _ENCODINGS.items()
            ),
            snapshot="add",
            least_rows=_FEWEST,
        ),
        PartnerFile(
            "devices",
            _FORMAT,
            "identities",
            tuple(
                IdentityColumn("records", ADVERTISING_IDS, ADVERTISING_ID, encoding, HASH.is_(name))
                for name, encoding in _ENCODINGS.items()
            ),
            snapshot="add",
            least_rows=_FEWEST,
        ),
    ),
    leaves="are taken out by `operation_type` REMOVE",
    on_delete="leave",
    options=(HASH,),
    api=PartnerApi(
        address="https://api.pinterest.com",
        authentication=OAuth2(
            "https://api.pinterest.com/v5/oauth/token",
            client_in="basic",
            scope="ads:read,ads:write",
            has_client_grant=True,
        ),
        rows=RowsAt(("records",), separator=","),
        judge=_judge,
        accepted="HTTP 2xx; what it counts as uploaded are records, not people",
        # A list is made of its first records, so none is made here before there are any.
        lists=Lists(),
        variables=(Variable("ACCOUNT_ID", "the ad account", fills="account"),),
        unconfirmed=(
            "what separates the values of `records`",
            "whether an empty list can be made, so that the output has to name one that is there",
        ),
    ),
)
