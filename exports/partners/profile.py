"""What a partner takes, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from exports.formats.format import Csv, JsonLines, Parquet, Requests
from exports.identifiers.texts import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from exports.formats.format import Delivery, Format, Request
    from exports.identifiers.encodings import Encoding
    from exports.identifiers.normalised import Rules
    from exports.partners.api import PartnerApi
    from transforms.definitions.connection_records import OnDelete

#: identities: a row for each distinct identifier, in its own column, the others empty.
#: lines: the rows of a member; the first value of each column is on the first one, the second on the second.
#: members: one row a member, each column a list.
Arrangement = Literal["identities", "lines", "members"]
#: What a column that holds no identity says of the member or of the delivery. as_of: an instant in UTC; one: the
#: number 1; is_member: true, or false of who leaves; text: always the same.
Says = Literal["mpid", "audience_id", "audience_name", "as_of", "one", "is_member", "text"]
#: How user attributes of any name are written. columns: a column each; keys: a key each, beside those of the row; object:
#: an object of them, where the partner has one; records: a list of names and values.
AttributeStyle = Literal["columns", "keys", "object", "records"]
#: What the list of records is called.
LISTED = "userattributes"
#: What a full delivery does to the list there.
Snapshot = Literal["replace", "add"]


@dataclass(frozen=True)
class Option:
    """Where sources contradict each other, or a team can choose. The first of `values` is the default.

    `values`: each with what it means.
    """

    name: str
    about: str
    values: tuple[tuple[str, str], ...]

    @property
    def default(self) -> str:
        """What holds where nothing is written."""
        return self.values[0][0]

    def is_(self, value: str) -> Case:
        """The case that `value` was chosen."""
        return Case(self.name, value)


@dataclass(frozen=True)
class Case:
    """A value of an option, for which a column or a file is there."""

    option: str
    value: str


@dataclass(frozen=True)
class IdentityColumn:
    """One column of identifiers: which identity types fill it, how they are normalised, then encoded.

    `is_key`: the partner knows a row by it; it is on every row of a member, and who has none is not sent.
    """

    header: str
    identity_types: tuple[str, ...]
    rules: Rules
    encoding: Encoding
    when: Case | None = None
    is_key: bool = False


@dataclass(frozen=True)
class StatedColumn:
    """One column of what is known without an identity.

    `{audience_name}` in the header is filled in, and `{segment}`: the same of letters, digits and `_` alone. `text`
    is what a column of text says.
    """

    header: str
    says: Says
    text: str = ""
    when: Case | None = None


@dataclass(frozen=True)
class AttributeColumn:
    """One column of a user attribute: it is there where a connection names one that bears the name `attribute`, whatever
    its case and without `$`, `_`, `-` and spaces. On every row of a member.
    """

    header: str
    attribute: str
    rules: Rules
    encoding: Encoding
    when: Case | None = None


@dataclass(frozen=True)
class AnyAttributes:
    """A file takes attributes of any name, by `header` of the name. `says`: where they are there, for the page of partners."""

    style: AttributeStyle
    says: str
    rules: Rules = TEXT
    header: Callable[[str], str] = str


Column = IdentityColumn | AttributeColumn | StatedColumn


@dataclass(frozen=True)
class PartnerFile:
    """One file: what becomes one list at the partner. `kind` is a part of its name, empty where it is the only one.

    `is_known_by_name`: the partner knows the list by the audience's name alone, so that a list of another name is another
    one. A file of more than `most_rows` rows is refused; of one with fewer than `least_rows` the partner takes nothing, so
    that whoever left stays targeted.
    """

    kind: str
    format: Format
    arrangement: Arrangement
    columns: tuple[Column, ...]
    snapshot: Snapshot = "replace"
    least_rows: int = 0
    most_rows: int | None = None
    when: Case | None = None
    is_known_by_name: bool = False
    attributes: AnyAttributes | None = None

    @property
    def has_members(self) -> bool:
        """Whether rows are of a member each, so that an identifier of two members is on two of them."""
        return self.arrangement != "identities"

    @property
    def says_mpid(self) -> bool:
        """Whether a row names the member by mpid, so that nobody else's row is meant by it."""
        return any(isinstance(column, StatedColumn) and column.says == "mpid" for column in self.columns)

    @property
    def flags_members(self) -> bool:
        """Whether a column says of each row if they are a member."""
        return any(isinstance(column, StatedColumn) and column.says == "is_member" for column in self.columns)

    @property
    def can_remove(self) -> bool:
        """Whether it can say who leaves."""
        match self.format:
            case Requests():
                return self.format.most_removed != 0
            case JsonLines():
                return self.format.line is not None or self.flags_members
            case Csv() | Parquet():
                return self.flags_members

    @property
    def identity_columns(self) -> tuple[IdentityColumn, ...]:
        """The columns that hold identifiers."""
        return tuple(column for column in self.columns if isinstance(column, IdentityColumn))

    @property
    def attribute_columns(self) -> tuple[AttributeColumn, ...]:
        """The columns that certain user attributes fill."""
        return tuple(column for column in self.columns if isinstance(column, AttributeColumn))

    @property
    def identity_types(self) -> tuple[str, ...]:
        """Every identity type that is in it, in the order of the columns, each once."""
        return tuple(
            dict.fromkeys(kind for column in self.identity_columns for kind in column.identity_types)
        )


@dataclass(frozen=True)
class Partner:
    """A partner's formats and habits.

    `rules_version` goes into manifests and the ledger: a digest made by older rules must stay removable. `source` is
    where the rules are printed. `leaves` says what happens to who left; `expires_after`, when members are forgotten
    there unless they are sent again. `names_columns`: columns come from the output's `columns`. `api`: how its requests
    are posted; None where it has files alone. `message`: what tells it that the audience was deleted.
    """

    name: str
    title: str
    rules_version: str
    source: str
    files: tuple[PartnerFile, ...]
    leaves: str
    on_delete: OnDelete
    options: tuple[Option, ...] = ()
    expires_after: timedelta | None = None
    names_columns: bool = False
    api: PartnerApi | None = None
    message: Callable[[Delivery], Request] | None = None
