"""HubSpot: contacts to import, known by their address."""

from __future__ import annotations

from exports.formats.format import Csv
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN
from exports.partners.profile import AnyAttributes, IdentityColumn, Partner, PartnerFile

# Rows of a sheet, the header among them.
_MOST_ROWS = 1_048_575

HUBSPOT = Partner(
    name="hubspot",
    title="HubSpot, contacts to import",
    rules_version="hubspot-2026-11",
    source="knowledge.hubspot.com, set up your import file",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            (IdentityColumn("Email", ("email",), EMAIL, PLAIN),),
            snapshot="add",
            most_rows=_MOST_ROWS,
            attributes=AnyAttributes(
                "columns", "in a column each; the elements of a list are joined by `, `"
            ),
        ),
    ),
    leaves="stay in the list until they are taken out there",
    on_delete="leave",
)
