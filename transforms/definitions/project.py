"""milepost.yml: workspaces and their inputs, lookback, limits, event tiers (spec §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from transforms.definitions.cron import cron
from transforms.definitions.notify import channels
from transforms.definitions.records import Input, Project
from transforms.definitions.rows import row_mapping
from transforms.definitions.vocabulary import EVENT_TIERS, folder_name, region
from transforms.definitions.watch import EVERYTHING, watch, watched
from transforms.documents.durations import parse_duration
from transforms.documents.fields import (
    Values,
    defaulted,
    fields_schema,
    needed,
    optional,
    read_fields,
    record,
)
from transforms.documents.readers import (
    boolean,
    choice,
    duration_or_unlimited,
    integer,
    list_of,
    pairs_of,
    text,
)
from transforms.vocabulary import USER_IDENTITY_TYPES

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

_DEFAULT_LOOKBACK = parse_duration("30 days")
_DEFAULT_HISTORY = parse_duration("400 days")

KIND = needed(
    "kind", choice("platform", "feed"), "platform", "A platform (ios, web, …) or a feed (crm, till, …)."
)
FORMAT = needed(
    "format",
    choice(
        "batches",
        "csv",
        "parquet",
        later={
            "segment": "write the messages as event batches, or as csv with a mapping",
            "table": "export the table to parquet and give it a mapping",
        },
    ),
    "batches",
    "How the files of the input are written.",
)
LANDING = optional(
    "landing",
    text(expected="a folder"),
    "The landing folder; relative to the data folder. Default: landing/WORKSPACE/INPUT.",
)
MAPPING = optional("mapping", row_mapping(), "How a row of csv or parquet is read.")
_INPUT = (KIND, FORMAT, LANDING, MAPPING)


def _input(values: Values, report: Report) -> Values:
    is_rows = values[FORMAT] in ("csv", "parquet")
    if is_rows and not values.has(MAPPING):
        report.add(
            "DEF-017",
            f"an input with `format: {values[FORMAT]}` needs a `mapping`",
            values.node,
            hint="it says which columns hold the user, the time and the event",
        )
    if not is_rows and values.has(MAPPING) and values.has(FORMAT):
        report.add("DEF-018", f"`format: {values[FORMAT]}` takes no `mapping`", values.place(MAPPING))
    return values


INPUTS = needed(
    "inputs",
    pairs_of(folder_name("the name of an input"), record(_INPUT, _input, "an input")),
    (),
    "The inputs by name.",
)


def _workspace(values: Values, report: Report) -> tuple[tuple[str, Values], ...]:
    del report
    return values[INPUTS]


PROJECT = needed("project", folder_name("the name of the project"), "", "The name of the project.")
WORKSPACES = needed(
    "workspaces",
    pairs_of(folder_name("the name of a workspace"), record((INPUTS,), _workspace, "a workspace")),
    (),
    "Containers of inputs; user data belongs to a workspace.",
)
SCHEDULE = defaulted("schedule", cron(), "0 3 * * *", "When runs start: cron, UTC.")
EVENT_LOOKBACK = defaulted(
    "event_lookback",
    duration_or_unlimited(),
    _DEFAULT_LOOKBACK,
    "How far back criteria see events, by default.",
)
PROFILE_LIFETIME = defaulted(
    "profile_lifetime", duration_or_unlimited(), None, "How long a profile is seen after its last batch."
)
MEMBERSHIP_HISTORY = defaulted(
    "membership_history", duration_or_unlimited(), _DEFAULT_HISTORY, "How long stored memberships are kept."
)
ACTIVE_AUDIENCE_LIMIT = defaulted(
    "active_audience_limit", integer(least=0, most=1_000_000), 100, "How many audiences may be active."
)
EVALUATE_DEVELOPMENT = defaulted(
    "evaluate_development", boolean(), False, "Whether data of the environment `development` counts."
)
TIERS = defaulted(
    "event_tiers",
    pairs_of(text(expected="the name of an event"), choice(*EVENT_TIERS)),
    (),
    "Event name → tier; every other event is `personalize`.",
)
DEFAULT_REGION = optional("default_region", region(), "The country of national phone numbers in exports.")
LOGIN_IDENTITIES = defaulted(
    "login_identities",
    list_of(choice(*USER_IDENTITY_TYPES)),
    ("customer_id",),
    "The identity types that alone decide who a user is.",
)
IP_GEOLOCATION = optional(
    "ip_geolocation",
    text(expected="a file"),
    "A database of the form of GeoLite2-City (.mmdb), of your own, that fills a location from `ip` where a batch brings "
    "none; relative to the data folder. Another file changes nothing that is in the lake already.",
)
WATCH = optional(
    "watch", watch(), "When an audience deserves a look, or `off`; an audience may say otherwise."
)
NOTIFY = defaulted("notify", channels(), (), "Who is told of failed runs and of what is watched.")

_FIELDS = (
    PROJECT,
    WORKSPACES,
    SCHEDULE,
    EVENT_LOOKBACK,
    PROFILE_LIFETIME,
    MEMBERSHIP_HISTORY,
    ACTIVE_AUDIENCE_LIMIT,
    EVALUATE_DEVELOPMENT,
    TIERS,
    DEFAULT_REGION,
    LOGIN_IDENTITIES,
    IP_GEOLOCATION,
    WATCH,
    NOTIFY,
)


def read_project(node: Node, report: Report) -> Project | None:
    """The project that milepost.yml says, or None where it is no mapping; problems go to `report`."""
    values = read_fields(node, _FIELDS, report, "milepost.yml")
    if values is None:
        return None
    return Project(
        name=values[PROJECT],
        inputs=tuple(
            _built(workspace, name, source)
            for workspace, sources in values[WORKSPACES]
            for name, source in sources
        ),
        schedule=values[SCHEDULE],
        event_lookback=values[EVENT_LOOKBACK],
        profile_lifetime=values[PROFILE_LIFETIME],
        membership_history=values[MEMBERSHIP_HISTORY],
        active_audience_limit=values[ACTIVE_AUDIENCE_LIMIT],
        evaluate_development=values[EVALUATE_DEVELOPMENT],
        event_tiers=values[TIERS],
        default_region=values[DEFAULT_REGION],
        login_identities=values[LOGIN_IDENTITIES],
        place=node.place,
        ip_geolocation=values[IP_GEOLOCATION],
        notify=values[NOTIFY],
        watch=watched(EVERYTHING, (values[WATCH],)),
    )


def _built(workspace: str, name: str, values: Values) -> Input:
    return Input(
        workspace=workspace,
        name=name,
        kind=cast("Literal['platform', 'feed']", values[KIND]),
        format=cast("Literal['batches', 'csv', 'parquet']", values[FORMAT]),
        landing=values[LANDING],
        mapping=values[MAPPING],
        place=values.node.place,
    )


def project_schema() -> dict[str, Any]:
    """The JSON Schema of milepost.yml."""
    return fields_schema(_FIELDS)
