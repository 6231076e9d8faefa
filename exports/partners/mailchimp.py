"""Mailchimp: contacts to import."""

from __future__ import annotations

from exports.formats.format import Csv
from exports.identifiers.emails import EMAIL_ASCII
from exports.identifiers.encodings import PLAIN
from exports.identifiers.texts import TEXT_255
from exports.partners.profile import AnyAttributes, IdentityColumn, Partner, PartnerFile

MAILCHIMP = Partner(
    name="mailchimp",
    title="Mailchimp, contacts to import",
    rules_version="mailchimp-2026-11",
    source="mailchimp.com/help/format-guidelines-for-your-import-file",
    files=(
        PartnerFile(
            "",
            Csv(),
            "identities",
            (IdentityColumn("Email Address", ("email",), EMAIL_ASCII, PLAIN),),
            snapshot="add",
            attributes=AnyAttributes(
                "columns",
                "in a column each, cut to 255 bytes; the elements of a list are joined by `, `",
                TEXT_255,
            ),
        ),
    ),
    # Who was deleted for good can't be imported again.
    leaves="stay until they are archived there; never delete them permanently",
    on_delete="leave",
)
