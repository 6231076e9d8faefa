"""Microsoft Advertising customer match."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.ids import ID
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_FEWEST = 300
_MOST_ITEMS = 10_000


def _items(batch: Batch, *, kind: str) -> Request:
    data = {
        "ActionType": "Remove" if batch.operation == "remove" else "Add",
        "AudienceId": "{audience}",
        "CustomerListItemSubType": kind,
        "CustomerListItems": [value for row in batch.rows for value in row.values()],
    }
    path = "/CampaignManagement/v13/CustomerListUserData/Apply"
    return Request("POST", path, {"CustomerListUserData": data})


def _list(kind: str, sub_type: str, column: IdentityColumn) -> PartnerFile:
    format = Requests(partial(_items, kind=sub_type), _MOST_ITEMS)
    return PartnerFile(kind, format, "identities", (column,), snapshot="add", least_rows=_FEWEST)


MICROSOFT = Partner(
    name="microsoft",
    title="Microsoft Advertising customer match",
    rules_version="microsoft-2026-11",
    source="learn.microsoft.com/advertising: customer list, customer list item; the most items a call are ours",
    files=(
        _list("emails", "Email", IdentityColumn("Email", ("email",), EMAIL, SHA256)),
        _list("users", "CRM", IdentityColumn("CRM", ("customer_id",), ID, PLAIN)),
    ),
    leaves="are taken out by `ActionType` Remove",
    on_delete="leave",
    expires_after=timedelta(days=390),
    accepted="no `PartialErrors`",
)
