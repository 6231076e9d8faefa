"""Klaviyo: profiles of a list, as a CSV to import or a bulk import job. An address is needed."""

from __future__ import annotations

from exports.formats.format import Batch, Csv, Request, Requests
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import PLAIN
from exports.identifiers.phones import PHONE_E164
from exports.partners.identity_types import PHONES
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

_RULES = "klaviyo-2026-11"
_MOST_PROFILES = 10_000
_MOST_BYTES = 5_000_000


def _profiles(batch: Batch) -> Request:
    profiles = [
        {"type": "profile", "attributes": {key: value for key, value in row.items() if value is not None}}
        for row in batch.rows
    ]
    job = {
        "type": "profile-bulk-import-job",
        "attributes": {"profiles": {"data": profiles}},
        "relationships": {"lists": {"data": [{"type": "list", "id": "{audience}"}]}},
    }
    return Request("POST", "/api/profile-bulk-import-jobs", {"data": job})


def _columns(email: str, phone: str) -> tuple[IdentityColumn, ...]:
    return (
        IdentityColumn(email, ("email",), EMAIL, PLAIN, is_key=True),
        IdentityColumn(phone, PHONES, PHONE_E164, PLAIN),
    )


KLAVIYO_CSV = Partner(
    name="klaviyo_csv",
    title="Klaviyo, list to import",
    rules_version=_RULES,
    source="the mParticle docs (Oct 2023); headers are mapped while importing",
    files=(PartnerFile("", Csv(), "lines", _columns("Email", "Phone Number"), snapshot="add"),),
    leaves="stay in the list until they are taken out there",
    on_delete="leave",
)

KLAVIYO = Partner(
    name="klaviyo",
    title="Klaviyo, bulk import of profiles",
    rules_version=_RULES,
    source="developers.klaviyo.com, bulk import of profiles",
    files=(
        PartnerFile(
            "",
            # Whoever leaves is taken out by the id that Klaviyo gave the profile, which no file has.
            Requests(_profiles, _MOST_PROFILES, most_removed=0, most_bytes=_MOST_BYTES),
            "lines",
            _columns("email", "phone_number"),
            snapshot="add",
        ),
    ),
    leaves="stay in the list until they are taken out there",
    on_delete="leave",
    accepted="202; what could not be imported is read of the job",
)
