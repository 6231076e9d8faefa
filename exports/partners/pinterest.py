"""Pinterest customer lists."""

from __future__ import annotations

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import MD5, SHA1, SHA256
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
)
