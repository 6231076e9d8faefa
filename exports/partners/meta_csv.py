"""Meta custom audiences: the CSV that is uploaded as a customer list."""

from __future__ import annotations

from exports.identifiers import advertising_id, email, phone_digits, plain, sha256
from exports.partners.profile import IdentityColumn, Partner

# Headers are exact and lower case. E-mail and phone are SHA-256; the advertising id is matched as it is.
META_CSV = Partner(
    name="meta_csv",
    title="Meta custom audience, customer list as CSV",
    rules_version="meta-2026-11",
    source="partners.md §3.1 (Meta help centre and Marketing API), §1.2, §1.3",
    columns=(
        IdentityColumn("email", ("email",), email, sha256),
        IdentityColumn("phone", ("mobile_number", "phone_number_2", "phone_number_3"), phone_digits, sha256),
        IdentityColumn("madid", ("ios_advertising_id", "android_advertising_id"), advertising_id, plain),
    ),
)
