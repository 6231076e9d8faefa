"""journeys/*.yml: one journey a file, a tree of milestones (spec §3, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transforms.definitions.audiences import (
    ACCESS,
    CRITERIA,
    INPUTS,
    LOOKBACK,
    NAME,
    OWNER,
    SHARED,
    TAGS,
    WATCH,
    WORKSPACES,
    with_criteria,
)
from transforms.definitions.vocabulary import identifier
from transforms.documents.fields import (
    Values,
    defaulted,
    fields_schema,
    read_fields,
    record,
    refused,
    required,
)
from transforms.documents.readers import Reader, boolean, list_of

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.readers import Invalid
    from transforms.documents.report import Report


@dataclass(frozen=True, eq=False)
class WrittenMilestone:
    """One milestone as written, with the milestones that come next."""

    id: str
    values: Values
    following: tuple[WrittenMilestone, ...]


@dataclass(frozen=True)
class WrittenJourney:
    """One file of journeys/ as written: nothing is resolved, no default filled in."""

    id: str
    values: Values
    milestones: tuple[WrittenMilestone, ...]


def _next(node: Node, report: Report) -> tuple[WrittenMilestone, ...] | Invalid:
    return list_of(_milestone).read(node, report)


def _built(values: Values, report: Report) -> WrittenMilestone:
    if values[REMAINING]:
        if values.has(CRITERIA):
            report.add(
                "DEF-030",
                f"the milestone `{values[MILESTONE]}` is `remaining` and has criteria",
                values.place(CRITERIA),
                hint="remaining is everyone of the parent who is in no other path: leave the criteria out",
            )
    elif not values.has(CRITERIA):
        report.add(
            "DEF-031",
            f"the milestone `{values[MILESTONE]}` has no criteria",
            values.node,
            hint="write `criteria:`, or `remaining: true` for everyone of the parent who is in no other path",
        )
    return WrittenMilestone(values[MILESTONE], values, values[NEXT])


MILESTONE = required(
    "milestone", identifier("the id of a milestone"), "The id; that of its audience is JOURNEY__MILESTONE."
)
REMAINING = defaulted(
    "remaining", boolean(), False, "Everyone of the parent who is in none of the other paths; the last path."
)
_NEXT_SCHEMA = {"type": "array", "items": {"$ref": "#/$defs/milestone"}, "minItems": 1}
NEXT: Any = defaulted(
    "next", Reader(_next, _NEXT_SCHEMA, "milestones"), (), "The paths that follow, left to right."
)
_OF_THE_JOURNEY = "a milestone looks at what its journey looks at: write it beside `journey:`"
_MILESTONE_FIELDS = (
    MILESTONE,
    *SHARED,
    CRITERIA,
    REMAINING,
    NEXT,
    refused("workspaces", "a milestone has no `workspaces` of its own", _OF_THE_JOURNEY),
    refused("inputs", "a milestone has no `inputs` of its own", _OF_THE_JOURNEY),
    refused("status", "a milestone has no `status`", "its connections decide whether it is active"),
)
_milestone: Reader[WrittenMilestone] = record(_MILESTONE_FIELDS, _built, "a milestone")

JOURNEY = required("journey", identifier("the id of a journey"), "The id of the journey.")
MILESTONES = defaulted(
    "milestones",
    Reader(list_of(_milestone, least=0).read, {**_NEXT_SCHEMA, "minItems": 0}, "a list of milestones"),
    (),
    "The first milestones, left to right.",
)
_FIELDS = (JOURNEY, NAME, TAGS, OWNER, ACCESS, WORKSPACES, INPUTS, LOOKBACK, WATCH, MILESTONES)


def read_journey(node: Node, report: Report) -> WrittenJourney | None:
    """The journey that a file says, or None where it has no id; problems go to `report`."""
    values = read_fields(node, _FIELDS, report, "a journey")
    return None if values is None else WrittenJourney(values[JOURNEY], values, values[MILESTONES])


def journey_schema() -> dict[str, Any]:
    """The JSON Schema of a journey file."""
    milestone = {
        **fields_schema(_MILESTONE_FIELDS),
        "oneOf": [
            {"required": ["criteria"], "properties": {"remaining": {"const": False}}},
            {"required": ["remaining"], "properties": {"remaining": {"const": True}, "criteria": False}},
        ],
    }
    return with_criteria({**fields_schema(_FIELDS), "$defs": {"milestone": milestone}})
