"""The Trade Desk: addresses of a CRM segment as text, and first-party data of devices."""

from __future__ import annotations

import re
from datetime import timedelta

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL_UID2
from exports.identifiers.encodings import PLAIN, SHA256_BASE64
from exports.partners.answers import Heard, Taken, Verdict, by_status
from exports.partners.api import BodySignature, PartnerApi, RowsAt, Slot, Variable
from exports.partners.identity_types import ADVERTISING_IDS
from exports.partners.json_places import values_at
from exports.partners.profile import IdentityColumn, Option, Partner, PartnerFile

EMAIL = Option(
    "email",
    "how addresses are written",
    (
        ("hashed", "base64 of the 32 bytes of SHA-256: `EmailHashedUnifiedId2`"),
        ("plain", "as they are: `Email`"),
    ),
)
_FEWEST = 1_500
_MOST_ITEMS = 10_000
_MOST_BYTES = 2_500_000
_LIFETIME = timedelta(days=30)
_LONGEST_NAME = 49
#: Not in the name of a segment.
_FORBIDDEN = str.maketrans("", "", "'\",^")


def _items(batch: Batch) -> Request:
    name = batch.delivery.audience_name.translate(_FORBIDDEN)[:_LONGEST_NAME].strip()
    # Whoever leaves has no time left.
    minutes = 0 if batch.operation == "remove" else _LIFETIME // timedelta(minutes=1)
    items = [{**row, "Data": [{"Name": name, "TTLInMinutes": minutes}]} for row in batch.rows]
    body = {"AdvertiserId": "{account}", "DataProviderId": "{provider}", "Items": items}
    return Request("POST", "/data/advertiser", body)


#: A line that failed says which in its text, counted from 1.
_ITEM = re.compile(r"item #(\d+)")


def _judge(heard: Heard) -> Verdict:
    words = heard.words(("Message",), ("FailedLines", "*", "ErrorCode"))
    if not heard.is_success:
        return by_status(heard, words)
    failed = list(values_at(heard.body, ("FailedLines", "*")))
    texts = [str(text) for text in values_at(heard.body, ("FailedLines", "*", "Message"))]
    rejected = heard.positions(int(found.group(1)) - 1 for text in texts if (found := _ITEM.search(text)))
    unplaced = min(max(0, len(failed) - len(rejected)), len(heard.rows) - len(rejected))
    return Taken(words if failed else (), rejected, unplaced)


TRADE_DESK_CRM = Partner(
    name="trade_desk_crm",
    title="The Trade Desk, CRM segment",
    rules_version="trade-desk-2026-11",
    source="IABTechLab/uid2docs (Aug 2026), normalization; CRM data after connectors of Redpoint and Segment",
    files=(
        PartnerFile(
            "",
            Csv(has_header=False, newline="\n", extension="txt"),
            "identities",
            (
                IdentityColumn("email", ("email",), EMAIL_UID2, SHA256_BASE64, EMAIL.is_("hashed")),
                IdentityColumn("email", ("email",), EMAIL_UID2, PLAIN, EMAIL.is_("plain")),
            ),
            least_rows=_FEWEST,
        ),
    ),
    leaves="are not in the next file, uploaded with `MergeMode` Replace",
    on_delete="leave",
    options=(EMAIL,),
)

TRADE_DESK = Partner(
    name="trade_desk",
    title="The Trade Desk, first-party data of devices",
    rules_version="trade-desk-2026-11",
    source="first-party data after a connector of RudderStack, the mParticle docs (Oct 2023)",
    files=(
        PartnerFile(
            "",
            Requests(_items, _MOST_ITEMS, most_bytes=_MOST_BYTES),
            "identities",
            (IdentityColumn("DAID", ADVERTISING_IDS, ADVERTISING_ID, PLAIN),),
            snapshot="add",
            is_known_by_name=True,
        ),
    ),
    leaves="are sent with `TTLInMinutes` 0",
    on_delete="leave",
    expires_after=_LIFETIME,
    api=PartnerApi(
        address=None,
        address_like="https://use-data.adsrvr.org",
        authentication=BodySignature("TtdSignature"),
        rows=RowsAt(("Items",)),
        judge=_judge,
        accepted="200 without `FailedLines`",
        slots=(Slot(("AdvertiserId",), "account"), Slot(("DataProviderId",), "provider")),
        variables=(
            Variable("ACCOUNT_ID", "the advertiser", fills="account"),
            Variable("DATA_PROVIDER_ID", "the data provider", fills="provider"),
        ),
        unconfirmed=("how `FailedLines` names items, which comes from a connector of RudderStack",),
    ),
)
