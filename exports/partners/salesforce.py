"""Salesforce Marketing Cloud: a data extension for each audience."""

from __future__ import annotations

import re

from exports.formats.format import Csv
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.profile import AnyAttributes, IdentityColumn, Option, Partner, PartnerFile, StatedColumn

SUBSCRIBER_KEY = Option(
    "subscriber_key",
    "by what subscribers are known; who has none is not sent",
    (("customer_id", "`customer_id`"), ("email", "address"), ("mpid", "mpid")),
)
_KEY = "Subscriber Key"

SALESFORCE = Partner(
    name="salesforce",
    title="Salesforce Marketing Cloud, data extension",
    rules_version="salesforce-2026-11",
    source="help.salesforce.com: import activity; the mParticle docs (Oct 2023)",
    files=(
        PartnerFile(
            "",
            Csv(),
            "lines",
            (
                IdentityColumn(
                    _KEY, ("customer_id",), ID, PLAIN, SUBSCRIBER_KEY.is_("customer_id"), is_key=True
                ),
                IdentityColumn(_KEY, ("email",), EMAIL, PLAIN, SUBSCRIBER_KEY.is_("email"), is_key=True),
                StatedColumn(_KEY, "mpid", when=SUBSCRIBER_KEY.is_("mpid")),
                StatedColumn("TimeStamp", "as_of"),
                StatedColumn("MPAUDIENCEMEMBERSHIPSTATUS", "is_member"),
                IdentityColumn("IDFA", ("ios_advertising_id",), ADVERTISING_ID, PLAIN),
                IdentityColumn("IDFV", ("ios_idfv",), ADVERTISING_ID, PLAIN),
                IdentityColumn("GAID", ("android_advertising_id",), ADVERTISING_ID, PLAIN),
                IdentityColumn("Android ID", ("android_uuid",), ID, PLAIN),
            ),
            snapshot="add",
            attributes=AnyAttributes(
                "columns",
                "in a column each, special characters of its name as `-`; the elements of a list are joined by `, `",
                header=lambda name: re.sub(r"[^\w -]", "-", name),
            ),
        ),
    ),
    leaves="have `MPAUDIENCEMEMBERSHIPSTATUS` set to false; rows are never deleted, so sends must look at it",
    on_delete="leave",
    options=(SUBSCRIBER_KEY,),
)
