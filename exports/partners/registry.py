"""Every partner that Milepost writes for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.partners.airship import AIRSHIP, AIRSHIP_ATTRIBUTES
from exports.partners.braze import BRAZE, BRAZE_CSV
from exports.partners.google import GOOGLE_CSV, GOOGLE_DATA_MANAGER
from exports.partners.hubspot import HUBSPOT
from exports.partners.iterable import ITERABLE, ITERABLE_CSV
from exports.partners.json_lines import FIREHOSE, JSON_LINES
from exports.partners.klaviyo import KLAVIYO, KLAVIYO_CSV
from exports.partners.linkedin import LINKEDIN, LINKEDIN_CSV
from exports.partners.live_ramp import LIVE_RAMP
from exports.partners.mailchimp import MAILCHIMP
from exports.partners.meta import META, META_CSV
from exports.partners.microsoft import MICROSOFT
from exports.partners.own_columns import CSV, JSONL, PARQUET
from exports.partners.pinterest import PINTEREST
from exports.partners.salesforce import SALESFORCE
from exports.partners.snapchat import SNAPCHAT
from exports.partners.tiktok import TIKTOK, TIKTOK_CSV
from exports.partners.trade_desk import TRADE_DESK, TRADE_DESK_CRM
from exports.partners.warehouse_table import WAREHOUSE_TABLE
from exports.partners.x import X
from transforms.errors import InternalError

if TYPE_CHECKING:
    from exports.partners.profile import Partner

#: In the order of the page that lists them.
PARTNERS: tuple[Partner, ...] = (
    JSON_LINES,
    FIREHOSE,
    WAREHOUSE_TABLE,
    GOOGLE_CSV,
    GOOGLE_DATA_MANAGER,
    META_CSV,
    META,
    LIVE_RAMP,
    TIKTOK_CSV,
    TIKTOK,
    TRADE_DESK_CRM,
    TRADE_DESK,
    SNAPCHAT,
    X,
    PINTEREST,
    LINKEDIN_CSV,
    LINKEDIN,
    MICROSOFT,
    BRAZE_CSV,
    BRAZE,
    KLAVIYO_CSV,
    KLAVIYO,
    ITERABLE_CSV,
    ITERABLE,
    MAILCHIMP,
    HUBSPOT,
    SALESFORCE,
    AIRSHIP,
    AIRSHIP_ATTRIBUTES,
    CSV,
    JSONL,
    PARQUET,
)


def partner_named(name: str) -> Partner:
    """The partner of this name. Definitions name no other (DEF-045), so InternalError where there is none."""
    for partner in PARTNERS:
        if partner.name == name:
            return partner
    raise InternalError(f"an output of an unknown partner {name} was not refused")
