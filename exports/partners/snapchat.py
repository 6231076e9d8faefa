"""Snapchat customer lists."""

from __future__ import annotations

from datetime import timedelta

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import SHA256
from exports.identifiers.phones import PHONE_DIGITS
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_MOST_ROWS = 100_000
_FEWEST = 1_000


def _users(batch: Batch) -> Request:
    users = {"schema": list(batch.rows[0]), "data": [list(row.values()) for row in batch.rows]}
    method = "DELETE" if batch.operation == "remove" else "POST"
    return Request(method, "/v1/segments/{audience}/users", {"users": [users]})


def _list(kind: str, column: IdentityColumn) -> PartnerFile:
    """A request has one kind of identifiers."""
    return PartnerFile(
        kind, Requests(_users, _MOST_ROWS), "identities", (column,), snapshot="add", least_rows=_FEWEST
    )


SNAPCHAT = Partner(
    name="snapchat",
    title="Snapchat customer lists",
    rules_version="snapchat-2026-11",
    source="developers.snap.com: customer lists, best practices; 100,000 a request after a connector of RudderStack",
    files=(
        _list("emails", IdentityColumn("EMAIL_SHA256", ("email",), EMAIL, SHA256)),
        _list("phones", IdentityColumn("PHONE_SHA256", PHONES, PHONE_DIGITS, SHA256)),
        _list("devices", IdentityColumn("MOBILE_AD_ID_SHA256", ADVERTISING_IDS, ADVERTISING_ID, SHA256)),
    ),
    leaves="are taken out by DELETE",
    on_delete="leave",
    expires_after=timedelta(days=9999),
    accepted="HTTP 2xx: a call that failed failed for all its rows",
)
