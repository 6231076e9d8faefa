"""Mailchimp: contacts to import."""

from __future__ import annotations

from exports.formats.format import Csv
from exports.identifiers.emails import EMAIL_ASCII
from exports.identifiers.encodings import PLAIN
from exports.partners.profile import IdentityColumn, Partner, PartnerFile

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
        ),
    ),
    # Who was deleted for good can't be imported again.
    leaves="stay until they are archived there; never delete them permanently",
    on_delete="leave",
)
