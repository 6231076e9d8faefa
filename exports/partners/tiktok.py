"""TikTok custom audiences: a file to upload, and what is posted to the segment API."""

from __future__ import annotations

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL_TIKTOK, EMAIL_TIKTOK_2024
from exports.identifiers.encodings import MD5, PLAIN, SHA256
from exports.identifiers.phones import PHONE_DIGITS, PHONE_E164
from exports.partners.answers import Heard, Later, Refused, SignIn, Taken, Verdict, by_status
from exports.partners.api import ListCall, Lists, PartnerApi, RowsAt, Slot, Token, Variable
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.json_places import value_at
from exports.partners.profile import IdentityColumn, Option, Partner, PartnerFile

EMAIL = Option(
    "email",
    "what is left out of addresses before they are hashed, whatever the domain",
    (
        ("tags", "`+tag`: the page of August 2025"),
        ("dots_and_tags", "dots before the @, too: the page of July 2024"),
    ),
)
PHONE = Option(
    "phone",
    "how phone numbers are written before they are hashed",
    (
        ("without_plus", "digits: the help page of August 2025, whose own digest is of this form"),
        ("with_plus", "`+` and digits: the page of September 2025"),
    ),
)
DEVICES = Option(
    "devices",
    "how advertising ids are written in the file",
    (("sha256", "SHA-256"), ("md5", "MD5"), ("plain", "as they are")),
)
_RULES = "tiktok-2026-11"
# An update whose result is smaller fails, one that only removes, too.
_FEWEST = 1_000
_MOST_ROWS = 1_000
_DEVICE_FORMS = {"sha256": ("MAID_SHA256", SHA256), "md5": ("MAID_MD5", MD5), "plain": ("MAID", PLAIN)}


def _people(email: str, phone: str) -> tuple[IdentityColumn, ...]:
    return (
        IdentityColumn(email, ("email",), EMAIL_TIKTOK, SHA256, EMAIL.is_("tags")),
        IdentityColumn(email, ("email",), EMAIL_TIKTOK_2024, SHA256, EMAIL.is_("dots_and_tags")),
        IdentityColumn(phone, PHONES, PHONE_DIGITS, SHA256, PHONE.is_("without_plus")),
        IdentityColumn(phone, PHONES, PHONE_E164, SHA256, PHONE.is_("with_plus")),
    )


def _mapping(batch: Batch) -> Request:
    members = [
        [{} if value is None else {"id": value, "audience_ids": ["{audience}"]} for value in row.values()]
        for row in batch.rows
    ]
    body = {
        "advertiser_ids": ["{account}"],
        "action": "delete" if batch.operation == "remove" else "add",
        "id_schema": list(batch.rows[0]),
        "batch_data": members,
    }
    return Request("POST", "/open_api/v1.3/segment/mapping/", body)


_TOO_OFTEN = (40100, 40016)
_OUT_OF_ORDER = (50000, 50002, 51010)
_SIGNED_OUT = (40102, 40104, 40105)
_NO_PERMISSION = 40001
_GONE = ("audience does not exist", "audience not found", "audience has been deleted", "invalid audience_id")
_SMALL = ("1000", "1,000", "too small")


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("message",))
    code = value_at(heard.body, ("code",))
    if not heard.is_success:
        return by_status(heard, words, _GONE, _SMALL)
    if code == 0:
        return Taken()
    if code in _TOO_OFTEN:
        return Later(words, is_limit=True)
    if code in _OUT_OF_ORDER:
        return Later(words)
    if code in _SIGNED_OUT:
        return SignIn(words)
    if code == _NO_PERMISSION:
        return Refused("permission", words)
    said = " ".join(words).lower()
    if any(each in said for each in _SMALL):
        return Refused("too_small", words)
    return Refused("list_gone" if any(each in said for each in _GONE) else "refused", words)


TIKTOK_CSV = Partner(
    name="tiktok_csv",
    title="TikTok custom audience, customer file",
    rules_version=_RULES,
    source="ads.tiktok.com help: customer file (Sep 2025), supported ids (Aug 2025 and Jul 2024)",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            (
                *_people("Email_SHA256", "Phone_SHA256"),
                *(
                    IdentityColumn(header, ADVERTISING_IDS, ADVERTISING_ID, encoding, DEVICES.is_(name))
                    for name, (header, encoding) in _DEVICE_FORMS.items()
                ),
            ),
            least_rows=_FEWEST,
        ),
    ),
    leaves="are not in the next file, uploaded as REPLACE",
    on_delete="leave",
    options=(EMAIL, PHONE, DEVICES),
)

TIKTOK = Partner(
    name="tiktok",
    title="TikTok custom audience, segment API",
    rules_version=_RULES,
    source="tiktok/tiktok-business-api-sdk v1.3; batches of 1,000 after a connector of Segment",
    files=(
        PartnerFile(
            "",
            Requests(_mapping, _MOST_ROWS),
            "lines",
            (
                *_people("EMAIL_SHA256", "PHONE_SHA256"),
                IdentityColumn("IDFA_SHA256", ("ios_advertising_id",), ADVERTISING_ID, SHA256),
                IdentityColumn("GAID_SHA256", ("android_advertising_id",), ADVERTISING_ID, SHA256),
            ),
            snapshot="add",
            least_rows=_FEWEST,
        ),
    ),
    leaves="are taken out by `action` delete",
    on_delete="delete",
    options=(EMAIL, PHONE),
    api=PartnerApi(
        address="https://business-api.tiktok.com",
        authentication=Token(header="Access-Token", before=""),
        rows=RowsAt(("batch_data",)),
        judge=_judge,
        accepted="HTTP 2xx and `code` 0",
        lists=Lists(
            create=ListCall(
                "POST",
                "/open_api/v1.3/segment/audience/",
                lambda facts: {
                    "action": "create",
                    "advertiser_id": facts.account,
                    "custom_audience_name": facts.name,
                },
            ),
            id_at=("data", "audience_id"),
            delete=ListCall(
                "POST",
                "/open_api/v1.3/segment/audience/",
                lambda facts: {
                    "action": "delete",
                    "advertiser_id": facts.account,
                    "audience_id": facts.id,
                },
            ),
        ),
        slots=(
            Slot(("advertiser_ids", "*"), "account"),
            Slot(("batch_data", "*", "*", "audience_ids", "*"), "audience"),
        ),
        variables=(Variable("ACCOUNT_ID", "the advertiser", fills="account"),),
        retried=("40016", "40100", "50000", "50002", "51010"),
        unconfirmed=(
            "the numbers of its codes, which come from connectors of others",
            "the words by which it says that an audience is gone, or would be below 1,000",
            "whether a segment has to be made with an `id_type`, which would hold it to one kind of identifiers",
            "that a segment can't be renamed: no call for it was found",
        ),
    ),
)
