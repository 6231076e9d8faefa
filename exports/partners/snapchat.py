"""Snapchat customer lists."""

from __future__ import annotations

from datetime import timedelta

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import SHA256
from exports.identifiers.phones import PHONE_DIGITS
from exports.partners.answers import Heard, Later, Refused, Verdict, by_status
from exports.partners.api import ListCall, Lists, OAuth2, PartnerApi, RowsAt, Variable
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.json_places import value_at
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_MOST_ROWS = 100_000
_FEWEST = 1_000
_LIFETIME = timedelta(days=9999)


def _users(batch: Batch) -> Request:
    users = {"schema": list(batch.rows[0]), "data": [list(row.values()) for row in batch.rows]}
    method = "DELETE" if batch.operation == "remove" else "POST"
    return Request(method, "/v1/segments/{audience}/users", {"users": [users]})


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("display_message",), ("debug_message",), ("users", "*", "sub_request_error_reason"))
    if not heard.is_success:
        return by_status(heard, words)
    parts = heard.words(("users", "*", "sub_request_status"), ("segments", "*", "sub_request_status"))
    statuses = [str(value_at(heard.body, ("request_status",))), *parts]
    if all(status.upper() == "SUCCESS" for status in statuses):
        return by_status(heard, ())
    return Refused("refused", words) if words else Later(("an answer without `request_status` SUCCESS",))


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
    expires_after=_LIFETIME,
    api=PartnerApi(
        address="https://adsapi.snapchat.com",
        authentication=OAuth2("https://accounts.snapchat.com/login/oauth2/access_token"),
        rows=RowsAt(("users", 0, "data")),
        judge=_judge,
        accepted="`request_status` SUCCESS: a call that failed failed for all its rows",
        lists=Lists(
            create=ListCall(
                "POST",
                "/v1/adaccounts/{account}/segments",
                lambda facts: {
                    "segments": [
                        {
                            "name": facts.name,
                            "source_type": "FIRST_PARTY",
                            "retention_in_days": _LIFETIME.days,
                            "ad_account_id": facts.account,
                        }
                    ]
                },
            ),
            id_at=("segments", 0, "segment", "id"),
            rename=ListCall(
                "PUT",
                "/v1/adaccounts/{account}/segments",
                lambda facts: {
                    "segments": [
                        {
                            "id": facts.id,
                            "name": facts.name,
                            "ad_account_id": facts.account,
                            "retention_in_days": _LIFETIME.days,
                        }
                    ]
                },
            ),
            delete=ListCall("DELETE", "/v1/segments/{audience}"),
        ),
        variables=(Variable("ACCOUNT_ID", "the ad account", fills="account"),),
        unconfirmed=("the fields of a call that renames a segment",),
    ),
)
