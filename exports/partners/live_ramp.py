"""LiveRamp: a file of people and a file of devices, each the whole audience every time."""

from __future__ import annotations

from exports.formats.format import Csv
from exports.identifiers.advertising_ids import ADVERTISING_ID
from exports.identifiers.emails import EMAIL
from exports.identifiers.encodings import MD5, PLAIN, SHA1, SHA256
from exports.identifiers.ids import ID
from exports.identifiers.phones import PHONE_E164, PHONE_US
from exports.partners.identity_types import PHONES
from exports.partners.profile import (
    AttributeColumn,
    IdentityColumn,
    Option,
    Partner,
    PartnerFile,
    StatedColumn,
)

IDENTIFIERS = Option(
    "identifiers",
    "how addresses and phone numbers are written; a hashed number is SHA-1 of ten digits, of the USA alone",
    (
        ("plain", "as they are"),
        ("sha256", "addresses as SHA-256"),
        ("sha1", "addresses as SHA-1"),
        ("md5", "addresses as MD5"),
    ),
)
_HASHES = {"sha256": SHA256, "sha1": SHA1, "md5": MD5}
_FEWEST = 25
_MOST = 500_000_000
# Headers are unique and stay as they are from file to file; a value is quoted, so that none can break a row.
_FILE = Csv(quotes="all")
_KEY = StatedColumn("AUDIENCE_KEY", "mpid")
_SEGMENT = StatedColumn("{segment}", "one")

LIVE_RAMP = Partner(
    name="live_ramp",
    title="LiveRamp, file of people and file of devices",
    rules_version="live-ramp-2026-11",
    source="docs.liveramp.com/connect: column-based files, product limits, ways to update an audience; hashed phone numbers after a connector of Segment; the headers of names and places are Milepost's own",
    files=(
        PartnerFile(
            "pii",
            _FILE,
            "lines",
            (
                _KEY,
                IdentityColumn("EMAIL", ("email",), EMAIL, PLAIN, IDENTIFIERS.is_("plain")),
                IdentityColumn("PHONE", PHONES, PHONE_E164, PLAIN, IDENTIFIERS.is_("plain")),
                *(
                    column
                    for name, encoding in _HASHES.items()
                    for column in (
                        IdentityColumn(
                            f"EMAIL_{name.upper()}", ("email",), EMAIL, encoding, IDENTIFIERS.is_(name)
                        ),
                        IdentityColumn("PHONE_SHA1", PHONES, PHONE_US, SHA1, IDENTIFIERS.is_(name)),
                    )
                ),
                *(
                    AttributeColumn(header, attribute, ID, PLAIN)
                    for header, attribute in (
                        ("FIRSTNAME", "first_name"),
                        ("LASTNAME", "last_name"),
                        ("ADDRESS1", "address"),
                        ("CITY", "city"),
                        ("STATE", "state"),
                        ("ZIP", "zip"),
                    )
                ),
                _SEGMENT,
            ),
            least_rows=_FEWEST,
            most_rows=_MOST,
        ),
        PartnerFile(
            "device",
            _FILE,
            "lines",
            (
                _KEY,
                IdentityColumn("IDFA", ("ios_advertising_id",), ADVERTISING_ID, PLAIN),
                IdentityColumn("GAID", ("android_advertising_id",), ADVERTISING_ID, PLAIN),
                _SEGMENT,
            ),
            least_rows=_FEWEST,
            most_rows=_MOST,
        ),
    ),
    leaves="are not in the next file; LiveRamp's update mode must be a refresh, an incremental one removes nobody",
    on_delete="leave",
    options=(IDENTIFIERS,),
)
