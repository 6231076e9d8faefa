"""What one file of an export is made for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb

from exports.file_names import file_stem
from exports.formats.format import Delivery, Parquet
from exports.partners.sent_attributes import SentAttribute, sent_attributes
from transforms.definitions.connection_records import Withholding
from transforms.instants import compact

if TYPE_CHECKING:
    from datetime import datetime

    from exports.partners.profile import IdentityColumn, Partner, PartnerFile
    from transforms.definitions.connection_records import Mode


@dataclass(frozen=True)
class ExportRequest:
    """One file: an audience, or one variant of it, for a partner, with `user_attributes` as far as the file takes them.

    `file` is one of the partner's, as the output's options have it. `identities` None means every type that it
    accepts. `region` is that of national phone numbers. `audience_name` is what the partner sees. `again` counts the
    deliveries of this as_of that were made before: a file of one more has another name, since its bytes are others.
    """

    audience_id: str
    variant: str | None
    as_of: datetime
    partner: Partner
    file: PartnerFile
    audience_name: str
    identities: tuple[str, ...] | None = None
    region: str | None = None
    mode: Mode = "full"
    again: int = 0
    withholding: Withholding = field(default_factory=Withholding)
    user_attributes: tuple[str, ...] = ()

    @property
    def identity_types(self) -> tuple[str, ...]:
        """The types to send, in the partner's order."""
        accepted = self.file.identity_types
        if self.identities is None:
            return accepted
        return tuple(kind for kind in accepted if kind in self.identities)

    @property
    def delivery(self) -> Delivery:
        """Whose rows they are; a variant is an audience of its own to a partner."""
        part = "" if self.variant is None else f"-{self.variant}"
        return Delivery(f"{self.audience_id}{part}", self.audience_name, self.as_of, self.again)

    @property
    def columns(self) -> tuple[IdentityColumn, ...]:
        """The columns that can hold something; columns of types that are not sent are left out."""
        types = set(self.identity_types)
        return tuple(
            column for column in self.file.identity_columns if types.intersection(column.identity_types)
        )

    @cached_property
    def attributes(self) -> tuple[SentAttribute, ...]:
        """The attributes that are sent, each in its column."""
        return sent_attributes(self.file, self.user_attributes)

    @property
    def attributes_are_listed(self) -> bool:
        """Whether a row has one list of names and values, and no column for each."""
        return self.file.attributes is not None and self.file.attributes.style != "columns"

    @property
    def attributes_are_json(self) -> bool:
        """Whether their values are written as JSON: numbers and lists as such."""
        return self.attributes_are_listed and not isinstance(self.file.format, Parquet)

    @property
    def file_name(self) -> str:
        """`<audience>[-<variant>]_<as_of>[_<kind>][_delta][_again<n>].<extension>`."""
        parts = (
            file_stem(self.audience_id, self.variant),
            compact(self.as_of),
            self.file.kind,
            "" if self.mode == "full" else self.mode,
            f"again{self.again}" if self.again else "",
        )
        return f"{'_'.join(part for part in parts if part)}.{self.file.format.extension}"

    @property
    def made_by(self) -> str:
        """Identifies all that rows are made by: where it has changed, every member is looked at again.

        The engine's version is in it, since the prints of members are its own hashes.
        """
        said = (
            duckdb.__version__,
            self.partner.name,
            self.partner.rules_version,
            self.file.arrangement,
            self.region,
            self.identity_types,
            tuple(
                (column.header, column.identity_types, column.rules.name, column.encoding.name, column.is_key)
                for column in self.columns
            ),
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
