"""Fills in defaults and gives every audience its workspaces, inputs, lookback and place in its journey.

Problems: DEF-050 unknown workspace, DEF-051 unknown input, DEF-052 an input outside the workspaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from transforms.definitions import audiences as keys
from transforms.definitions import connections as connection_keys
from transforms.definitions.connection_records import Connection, Output, Withholding
from transforms.definitions.journeys import REMAINING
from transforms.definitions.records import Access, Audience, Journey
from transforms.definitions.vocabulary import title_of
from transforms.definitions.watch import watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from transforms.definitions.audiences import WrittenAudience
    from transforms.definitions.connection_records import Mode, OnDelete
    from transforms.definitions.connections import WrittenConnection
    from transforms.definitions.journeys import WrittenJourney, WrittenMilestone
    from transforms.definitions.records import Duration, Project
    from transforms.documents.fields import Field, Values
    from transforms.documents.report import Report


#: The code of an input that milepost.yml does not have.
UNKNOWN_INPUT = "DEF-051"


@dataclass(frozen=True)
class Chosen:
    """The workspaces and inputs that an audience or a journey looks at, in the order of milepost.yml."""

    workspaces: tuple[str, ...]
    inputs: tuple[str, ...]


def choose(values: Values, project: Project, report: Report) -> Chosen:
    """Workspaces default to those of the inputs, else all; inputs to all of the workspaces (spec §3)."""
    known = {source.key: source.workspace for source in project.inputs}
    written_workspaces, written_inputs = values[keys.WORKSPACES], values[keys.INPUTS]
    if not known:
        # milepost.yml has no valid input: that was reported, and nothing here can be right.
        return Chosen((), ())
    for name in written_workspaces or ():
        if name not in project.workspaces:
            report.unknown(
                "DEF-050", "workspace", name[:80], values.place(keys.WORKSPACES), project.workspaces
            )
    for name in written_inputs or ():
        if name not in known:
            report.unknown(UNKNOWN_INPUT, "input", name[:80], values.place(keys.INPUTS), known)
        elif written_workspaces is not None and known[name] not in written_workspaces:
            report.add(
                "DEF-052",
                f"the input `{name}` is not in the workspaces of this definition",
                values.place(keys.INPUTS),
                allowed=[key for key, workspace in known.items() if workspace in written_workspaces],
                hint=f"add `{known[name]}` to `workspaces`, or leave `workspaces` out",
            )
    if written_workspaces is not None:
        workspaces = set(written_workspaces)
    elif written_inputs is not None:
        workspaces = {known[name] for name in written_inputs if name in known}
    else:
        workspaces = set(project.workspaces)
    inputs = set(written_inputs) if written_inputs is not None else set(known)
    return Chosen(
        tuple(name for name in project.workspaces if name in workspaces),
        tuple(key for key, workspace in known.items() if key in inputs and workspace in workspaces),
    )


def resolve_audience(written: WrittenAudience, project: Project, report: Report) -> Audience:
    """An audience with its defaults filled in."""
    values = written.values
    return Audience(
        **_shared(written.id, written.id, values, (values,), project),
        **_scope(choose(values, project, report), _lookback((values,), project)),
        status=cast("Literal['draft'] | None", values[keys.STATUS]),
        journey=None,
        milestone=None,
        parent=None,
        earlier_siblings=(),
        is_remaining=False,
        siblings=(),
    )


def resolve_journey(
    written: WrittenJourney, project: Project, report: Report
) -> tuple[Journey, tuple[Audience, ...]]:
    """A journey and its milestones, parents before children, siblings left to right."""
    values = written.values
    chosen = choose(values, project, report)
    scope = chosen, project
    milestones = tuple(_milestones(written, written.milestones, None, scope))
    journey = Journey(
        id=written.id,
        name=values[keys.NAME] or title_of(written.id),
        inputs=chosen.inputs,
        workspaces=chosen.workspaces,
        tags=values[keys.TAGS] or (),
        owner=values[keys.OWNER],
        access=cast("Access", values[keys.ACCESS] or "private"),
        lookback=_lookback((values,), project),
        milestones=tuple(milestone.id for milestone in milestones),
        place=values.node.place,
    )
    return journey, milestones


def _milestones(
    journey: WrittenJourney,
    siblings: tuple[WrittenMilestone, ...],
    parent: str | None,
    scope: tuple[Chosen, Project],
) -> Iterator[Audience]:
    chosen, project = scope
    ids = tuple(f"{journey.id}__{milestone.id}" for milestone in siblings)
    for position, (audience_id, milestone) in enumerate(zip(ids, siblings, strict=True)):
        values = milestone.values
        layers = (values, journey.values)
        yield Audience(
            **_shared(audience_id, milestone.id, values, layers, project),
            **_scope(chosen, _lookback(layers, project)),
            status=None,
            journey=journey.id,
            milestone=milestone.id,
            parent=parent,
            earlier_siblings=ids[:position],
            is_remaining=values[REMAINING],
            siblings=ids[:position] + ids[position + 1 :],
        )
        yield from _milestones(journey, milestone.following, audience_id, scope)


def default_lookbacks(written: WrittenJourney) -> Iterator[str]:
    """The ids of the milestones for which neither they nor the journey write a lookback."""
    pending = list(written.milestones)
    while pending:
        milestone = pending.pop()
        pending.extend(milestone.following)
        if not milestone.values.has(keys.LOOKBACK) and not written.values.has(keys.LOOKBACK):
            yield f"{written.id}__{milestone.id}"


def _first(layers: tuple[Values, ...], field: Field[Any]) -> Any:
    """The value in the nearest layer that has the key: a milestone's own, else its journey's."""
    return next((values[field] for values in layers if values.has(field)), None)


def _shared(
    audience_id: str, short_id: str, values: Values, layers: tuple[Values, ...], project: Project
) -> dict[str, Any]:
    name = values[keys.NAME] or title_of(short_id)
    return {
        "id": audience_id,
        "name": name,
        "external_name": values[keys.EXTERNAL_NAME] or name,
        "tags": _first(layers, keys.TAGS) or (),
        "owner": _first(layers, keys.OWNER),
        "access": _first(layers, keys.ACCESS) or "private",
        "shared_with": values[keys.SHARED_WITH] or (),
        "formerly": values[keys.FORMERLY],
        "criteria": values[keys.CRITERIA],
        "ab_test": values[keys.AB_TEST],
        "watch": watched(project.watch, (layer[keys.WATCH] for layer in layers)),
        "place": values.node.place,
    }


def _scope(chosen: Chosen, lookback: Duration | None) -> dict[str, Any]:
    return {"workspaces": chosen.workspaces, "inputs": chosen.inputs, "lookback": lookback}


def _lookback(layers: tuple[Values, ...], project: Project) -> Duration | None:
    written = _first(layers, keys.LOOKBACK)
    return project.event_lookback if written is None else written.duration


def resolve_output(output_id: str, values: Values) -> Output:
    """An output with its defaults filled in."""
    return Output(
        id=output_id,
        partner=values[connection_keys.PARTNER],
        account=values[connection_keys.ACCOUNT],
        destination=values[connection_keys.DELIVER],
        region=values[connection_keys.REGION],
        options=values[connection_keys.OPTIONS],
        columns=values[connection_keys.COLUMNS],
        withholding=Withholding(
            values[connection_keys.REQUIRES_CONSENT],
            opted_out=values[connection_keys.OPTED_OUT] == "withhold",
            limited=values[connection_keys.LIMITED_TRACKING] == "withhold",
        ),
        on_delete=cast("OnDelete | None", values[connection_keys.ON_DELETE]),
        place=values.node.place,
    )


def resolve_connection(written: WrittenConnection, audiences: tuple[str, ...]) -> Connection:
    """A connection of the audiences that it may have."""
    values = written.values
    return Connection(
        id=written.id,
        audiences=audiences,
        variant=values[connection_keys.VARIANT],
        output=values[connection_keys.OUTPUT],
        status=cast("Literal['active', 'inactive']", values[connection_keys.STATUS]),
        identities=values[connection_keys.IDENTITIES],
        user_attributes=values[connection_keys.USER_ATTRIBUTES],
        notify=values[connection_keys.NOTIFY],
        mode=cast("Mode", values[connection_keys.MODE]),
        tag=values[connection_keys.TAG],
        place=values.node.place,
        max_removal=values[connection_keys.MAX_REMOVAL] / 100,
        schedule=values[connection_keys.CONNECTION_SCHEDULE],
    )
