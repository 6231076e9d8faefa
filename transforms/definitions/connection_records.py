"""What connections/*.yml says, resolved: outputs, and what is connected to them (spec §10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from transforms.definitions.destinations import Destination
    from transforms.definitions.records import Mailbox, Webhook
    from transforms.errors import Place


@dataclass(frozen=True)
class OutputColumn:
    """A column of a file whose columns a team chooses: of identities, of a user attribute, or of what `says` names. None:
    not written.
    """

    identities: tuple[str, ...]
    rules: str | None
    encoding: str | None
    says: str | None
    attribute: str | None = None


@dataclass(frozen=True)
class RequiredConsent:
    """What the newest record of a regulation and purpose, in lower case, has to say of a member."""

    regulation: str
    purpose: str
    state: Literal["granted", "denied", "not_present"]


@dataclass(frozen=True)
class Withholding:
    """What is withheld: users who opted out, members without the `consents`, ids whose tracking is limited (spec §12)."""

    consents: tuple[RequiredConsent, ...] = ()
    opted_out: bool = True
    limited: bool = True


#: What is done at a partner about the list of an audience that is deleted: delete it, send a message about it, leave it, or
#: leave it after everybody who was sent was taken back.
OnDelete = Literal["delete", "message", "leave", "empty_first"]


@dataclass(frozen=True)
class Output:
    """A configured partner destination, and where its files go.

    `options` are pairs of name and value, `columns` of header and column: what they may be the partner says. `on_delete`
    None: what the partner's profile says.
    """

    id: str
    partner: str
    account: str
    destination: Destination
    region: str | None
    place: Place
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, OutputColumn], ...] = ()
    withholding: Withholding = field(default_factory=Withholding)
    on_delete: OnDelete | None = None


#: full: every member, and who left where the partner has to be told. delta: what differs from what it has received.
#: additive: as delta, nobody leaves.
Mode = Literal["full", "delta", "additive"]


@dataclass(frozen=True)
class Connection:
    """Audiences, or one variant of them, to an output. `identities` None: every type the partner accepts.
    `user_attributes`: the names of those that are sent along, as they are written.

    `max_removal`: the share of members, from 0 to 1, that a delivery takes back without being held. `schedule`: cron, UTC;
    None: it is served by every run.
    """

    id: str
    audiences: tuple[str, ...]
    variant: str | None
    output: str
    status: Literal["active", "inactive"]
    identities: tuple[str, ...] | None
    mode: Mode
    #: The tag that chose the audiences, where one did.
    tag: str | None
    place: Place
    max_removal: float = 0.5
    schedule: str | None = None
    user_attributes: tuple[str, ...] = ()
    #: Who is told of its faults, besides those whom the project names.
    notify: tuple[Webhook | Mailbox, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether anything is sent."""
        return self.status == "active"
