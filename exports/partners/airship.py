"""Airship: an uploaded list, replaced by each upload, and attributes of users."""

from __future__ import annotations

from datetime import timedelta

from exports.formats.format import Csv
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.profile import AnyAttributes, IdentityColumn, Partner, PartnerFile, StatedColumn

_MOST_ROWS = 10_000_000

AIRSHIP = Partner(
    name="airship",
    title="Airship, uploaded list",
    rules_version="airship-2026-11",
    source="docs.airship.com: uploaded lists",
    files=(
        PartnerFile(
            "",
            Csv(has_header=False),
            "identities",
            (
                StatedColumn("identifier_type", "text", text="named_user"),
                IdentityColumn("identifier", ("customer_id",), ID, PLAIN),
            ),
            most_rows=_MOST_ROWS,
        ),
    ),
    leaves="are not in the next list",
    on_delete="leave",
    expires_after=timedelta(days=90),
)

AIRSHIP_ATTRIBUTES = Partner(
    name="airship_attributes",
    title="Airship, attributes of users",
    rules_version="airship-2026-11",
    source="docs.airship.com/reference/messages/csv-formatting",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            # What users are known by is the first column.
            (IdentityColumn("named_user", ("customer_id",), ID, PLAIN),),
            snapshot="add",
            most_rows=_MOST_ROWS,
            attributes=AnyAttributes(
                "columns", "in a column each; the elements of a list are joined by `, `"
            ),
        ),
    ),
    leaves="keep their attributes",
    on_delete="leave",
)
