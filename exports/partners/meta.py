"""Meta custom audiences: the customer list as a CSV, and what is posted to the Marketing API."""

from __future__ import annotations

from exports.formats.format import Csv
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN, SHA256
from exports.identifiers.phones import PHONE_DIGITS
from exports.partners.identity_types import ADVERTISING_IDS, PHONES
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

# Headers are exact and lower case. E-mail and phone are SHA-256; the advertising id is matched as it is.
META_CSV = Partner(
    name="meta_csv",
    title="Meta custom audience, customer list as CSV",
    rules_version="meta-2026-11",
    source="partners.md §3.1 (Meta help centre and Marketing API), §1.2, §1.3",
    files=(
        PartnerFile(
            kind="",
            format=Csv(),
            arrangement="identities",
            columns=(
                IdentityColumn("email", ("email",), EMAIL, SHA256),
                IdentityColumn("phone", PHONES, PHONE_DIGITS, SHA256),
                IdentityColumn("madid", ADVERTISING_IDS, ADVERTISING_ID, PLAIN),
            ),
        ),
    ),
    leaves="are not in the next list",
    on_delete="delete",
)
