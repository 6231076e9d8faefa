"""Microsoft Advertising customer match."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from exports.formats.format import Batch, Request, Requests
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.ids import ID
from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict, by_status
from exports.partners.api import ListCall, Lists, OAuth2, PartnerApi, RowsAt, Slot, Variable
from exports.partners.json_places import value_at, values_at
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_FEWEST = 300
_MOST_ITEMS = 10_000
_LIFETIME = timedelta(days=390)


def _items(batch: Batch, *, kind: str) -> Request:
    data = {
        "ActionType": "Remove" if batch.operation == "remove" else "Add",
        "AudienceId": "{audience}",
        "CustomerListItemSubType": kind,
        "CustomerListItems": [value for row in batch.rows for value in row.values()],
    }
    path = "/CampaignManagement/v13/CustomerListUserData/Apply"
    return Request("POST", path, {"CustomerListUserData": data})


_SIGNED_OUT = (105, 109)
_NO_ACCESS = 106
_TOO_OFTEN = 117
#: Codes and words of an audience that is not there.
_GONE = ("audience id is invalid", "audienceid is invalid", "invalidaudienceid", "audience does not exist")
_FAULTS = ("Errors", "OperationErrors", "BatchErrors")


def _judge(heard: Heard) -> Verdict:
    faults = [fault for key in _FAULTS for fault in values_at(heard.body, (key, "*"))]
    if heard.is_success and not faults:
        return _taken(heard)
    words = heard.words(*((key, "*", each) for key in _FAULTS for each in ("ErrorCode", "Message")))
    codes = [value_at(fault, ("Code",)) for fault in faults]
    if any(code in _SIGNED_OUT for code in codes):
        return SignIn(words)
    if _TOO_OFTEN in codes:
        return Later(words, is_limit=True)
    if _NO_ACCESS in codes:
        return Refused("permission", words)
    verdict = by_status(heard, words, _GONE)
    return Refused("refused", words) if isinstance(verdict, Taken) else verdict


def _taken(heard: Heard) -> Verdict:
    errors = [error for error in values_at(heard.body, ("PartialErrors", "*")) if error is not None]
    words = heard.words(("PartialErrors", "*", "Message"), ("PartialErrors", "*", "ErrorCode"))
    if any(each in " ".join(words).lower() for each in _GONE):
        return Refused("list_gone", words)
    rejected = heard.positions(value_at(error, ("Index",)) for error in errors)
    return Taken(words, rejected, unplaced=0 if rejected else min(len(errors), len(heard.rows)))


_PATH = "/CampaignManagement/v13/Audiences"


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
    expires_after=_LIFETIME,
    api=PartnerApi(
        address="https://campaign.api.bingads.microsoft.com",
        authentication=OAuth2(
            "https://login.microsoftonline.com/common/oauth2/v2.0/token",
            scope="https://ads.microsoft.com/msads.manage offline_access",
        ),
        rows=RowsAt(("CustomerListUserData", "CustomerListItems")),
        judge=_judge,
        accepted="no `PartialErrors`; each names the row that was refused",
        lists=Lists(
            create=ListCall(
                "POST",
                _PATH,
                lambda facts: {
                    "Audiences": [
                        {
                            "Type": "CustomerList",
                            "Name": facts.name,
                            "Scope": "Account",
                            "ParentId": int(facts.account),
                            "MembershipDuration": _LIFETIME.days,
                        }
                    ]
                },
            ),
            id_at=("AudienceIds", 0),
            rename=ListCall(
                "PUT",
                _PATH,
                lambda facts: {
                    "Audiences": [{"Type": "CustomerList", "Id": int(facts.id), "Name": facts.name}]
                },
            ),
            delete=ListCall("DELETE", _PATH, lambda facts: {"AudienceIds": [int(facts.id)]}),
        ),
        slots=(Slot(("CustomerListUserData", "AudienceId"), "audience", is_number=True),),
        variables=(
            Variable("ACCOUNT_ID", "the account", header="CustomerAccountId", fills="account"),
            Variable("CUSTOMER_ID", "the manager account", header="CustomerId"),
            Variable("DEVELOPER_TOKEN", "the developer token", header="DeveloperToken"),
        ),
        retried=("117",),
        unconfirmed=(
            "the shape of calls that make, rename and delete lists: nobody ran them",
            "the words by which it says that a list is gone",
        ),
    ),
)
