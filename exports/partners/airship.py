"""Airship: an uploaded list, replaced by each upload."""

from __future__ import annotations

from datetime import timedelta

from exports.formats.format import Csv
from exports.identifiers.encodings import PLAIN
from exports.identifiers.ids import ID
from exports.partners.profile import IdentityColumn, Partner, PartnerFile, StatedColumn

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
