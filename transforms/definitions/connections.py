"""connections/*.yml: outputs, and what is connected to them (spec §3, §10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from transforms.definitions.connection_records import OnDelete, OutputColumn, RequiredConsent
from transforms.definitions.cron import cron
from transforms.definitions.destinations import Local, destination
from transforms.definitions.notify import channels_of_connection
from transforms.definitions.vocabulary import (
    CONNECTION_MODES,
    CONNECTION_STATUSES,
    OWN_ACCOUNT,
    identifier,
    region,
)
from transforms.documents.fields import (
    Values,
    defaulted,
    fields_schema,
    needed,
    optional,
    read_fields,
    record,
    required,
)
from transforms.documents.readers import choice, integer, list_of, pairs_of, text
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

PARTNER = needed("partner", text(expected="the name of a partner"), "", "Whose format is written.")
ACCOUNT = defaulted(
    "account", text(expected="an account"), OWN_ACCOUNT, "Whose account at the partner it is."
)
DELIVER = defaulted("deliver", destination(), Local(), "Where files go.")
REGION = optional("region", region(), "The country of national phone numbers; default: default_region.")
OPTIONS = defaulted(
    "options",
    pairs_of(text(expected="the name of an option"), text(expected="a value")),
    (),
    "How the partner's rules are read, where it leaves a choice: docs/partners.md.",
)
IDENTITIES_OF_COLUMN = defaulted(
    "identities", list_of(choice(*IDENTITY_TYPES)), (), "The identity types that fill the column."
)
RULES = optional("rules", text(expected="how identifiers are normalised"), "How they are normalised.")
ENCODING = optional("encoding", text(expected="how values are written"), "As they are, or a digest.")
SAYS = optional("says", text(expected="what a column says"), "What the column says instead of an identity.")
ATTRIBUTE = optional(
    "attribute",
    text(expected="the name of a user attribute"),
    "The user attribute that fills the column, where a connection names it in `user_attributes`.",
)


def _column(values: Values, report: Report) -> OutputColumn:
    del report
    return OutputColumn(
        values[IDENTITIES_OF_COLUMN], values[RULES], values[ENCODING], values[SAYS], values[ATTRIBUTE]
    )


COLUMNS = defaulted(
    "columns",
    pairs_of(
        text(expected="the header of a column"),
        record((IDENTITIES_OF_COLUMN, ATTRIBUTE, RULES, ENCODING, SAYS), _column, "a column"),
    ),
    (),
    "The columns of a file that has none of its own, by header.",
)
REGULATION = needed("regulation", choice("gdpr", "ccpa"), "gdpr", "The regulation.")
PURPOSE = defaulted(
    "purpose", text(expected="a purpose"), "data_sale_opt_out", "The purpose; CCPA has this one alone."
)
STATE = needed(
    "state", choice("granted", "denied", "not_present"), "granted", "What the newest record has to say."
)


def _required(values: Values, report: Report) -> RequiredConsent:
    del report
    return RequiredConsent(
        values[REGULATION],
        values[PURPOSE].lower(),
        cast("Literal['granted', 'denied', 'not_present']", values[STATE]),
    )


REQUIRES_CONSENT = defaulted(
    "requires_consent",
    list_of(record((REGULATION, PURPOSE, STATE), _required, "a consent")),
    (),
    "What each member has to have said; the others are withheld.",
)
OPTED_OUT = defaulted(
    "opted_out",
    choice("withhold", "send"),
    "withhold",
    "Whether users who have opted out are sent.",
)
LIMITED_TRACKING = defaulted(
    "limited_tracking",
    choice("withhold", "send"),
    "withhold",
    "Whether advertising ids are sent whose tracking is limited or denied.",
)
ON_DELETE = optional(
    "on_delete",
    choice(*get_args(OnDelete)),
    "What `milepost delete` of an audience does about its list; default: what docs/partners.md says of the partner.",
)
_OUTPUT = (
    PARTNER,
    ACCOUNT,
    DELIVER,
    REGION,
    OPTIONS,
    COLUMNS,
    REQUIRES_CONSENT,
    OPTED_OUT,
    LIMITED_TRACKING,
    ON_DELETE,
)

CONNECTION = required("connection", identifier("the id of a connection"), "The id of the connection.")
AUDIENCE = optional("audience", text(expected="the id of an audience"), "The audience or milestone to send.")
AUDIENCES = optional("audiences", list_of(text(expected="the id of an audience")), "Several of them.")
TAG = optional("tag", text(expected="a tag"), "All audiences with this tag.")
VARIANT = optional("variant", text(expected="the name of a variant"), "Send this variant alone.")
OUTPUT = needed("output", text(expected="the id of an output"), "", "Where to.")
STATUS = needed("status", choice(*CONNECTION_STATUSES), "inactive", "Only an active connection sends.")
MODE = defaulted(
    "mode",
    choice(*CONNECTION_MODES),
    "full",
    "`full`: each delivery holds all members; `delta`: what differs from what the partner has received; `additive`: as `delta`, nobody is taken back.",
)
MAX_REMOVAL = defaulted(
    "max_removal",
    integer(least=0, most=100),
    50,
    "How many percent of those whom the partner has a delivery may take back without being held, in whole percent.",
)
CONNECTION_SCHEDULE = optional("schedule", cron(), "When it is served: cron, UTC; default: by every run.")
IDENTITIES = optional(
    "identities",
    list_of(choice(*IDENTITY_TYPES)),
    "The identity types to send; default: all that the partner accepts.",
)
USER_ATTRIBUTES = defaulted(
    "user_attributes",
    list_of(text(expected="the name of an attribute")),
    (),
    "Attributes that are sent along, calculated ones or those of users: docs/deliveries.md.",
)
NOTIFY = defaulted(
    "notify",
    channels_of_connection(),
    (),
    "Who is told of its deliveries that are faulted or held, besides those whom milepost.yml names.",
)
_CONNECTION = (
    CONNECTION,
    AUDIENCE,
    AUDIENCES,
    TAG,
    VARIANT,
    OUTPUT,
    STATUS,
    MODE,
    IDENTITIES,
    USER_ATTRIBUTES,
    CONNECTION_SCHEDULE,
    MAX_REMOVAL,
    NOTIFY,
)


@dataclass(frozen=True, eq=False)
class WrittenConnection:
    """One connection as written. `names` and `tag`: which audiences, one of them is empty."""

    id: str
    values: Values

    @property
    def names(self) -> tuple[str, ...]:
        """The audiences that it names, as written."""
        one = self.values[AUDIENCE]
        return (one,) if one is not None else self.values[AUDIENCES] or ()


def _connection(values: Values, report: Report) -> WrittenConnection:
    written = [field.key for field in (AUDIENCE, AUDIENCES, TAG) if values.has(field)]
    if len(written) != 1:
        found = f"found {' and '.join(f'`{key}`' for key in written)}" if written else "found none of them"
        report.add(
            "DEF-040",
            f"the connection `{values[CONNECTION]}` needs one of `audience`, `audiences` and `tag`, {found}",
            values.node,
        )
    return WrittenConnection(values[CONNECTION], values)


@dataclass(frozen=True)
class WrittenConnections:
    """One file of connections/ as written."""

    outputs: tuple[tuple[str, Values], ...]
    connections: tuple[WrittenConnection, ...]


OUTPUTS = defaulted(
    "outputs",
    pairs_of(
        identifier("the id of an output"), record(_OUTPUT, lambda values, _: values, "an output"), least=0
    ),
    (),
    "Partner destinations by id.",
)
CONNECTIONS = defaulted(
    "connections",
    list_of(record(_CONNECTION, _connection, "a connection"), least=0),
    (),
    "What is sent where.",
)
_FIELDS = (OUTPUTS, CONNECTIONS)


def read_connections(node: Node, report: Report) -> WrittenConnections | None:
    """The outputs and connections that a file says, or None where it is no mapping; problems go to `report`."""
    values = read_fields(node, _FIELDS, report, "a file of connections")
    return None if values is None else WrittenConnections(values[OUTPUTS], values[CONNECTIONS])


def connections_schema() -> dict[str, Any]:
    """The JSON Schema of a file of connections."""
    schema = fields_schema(_FIELDS)
    schema["properties"]["connections"]["items"]["oneOf"] = [
        {"required": [field.key]} for field in (AUDIENCE, AUDIENCES, TAG)
    ]
    return schema
