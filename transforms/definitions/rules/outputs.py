"""What is said of outputs and connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report
    from transforms.errors import Place


def known_partners(whole: Whole, report: Report) -> None:
    """DEF-045 an output names a partner that there is not."""
    for output in whole.outputs:
        if output.partner and output.partner not in whole.partners:
            report.unknown("DEF-045", "partner", output.partner[:80], output.place, whole.partners)


def known_outputs(whole: Whole, report: Report) -> None:
    """DEF-046 a connection names an output that there is not."""
    known = {output.id for output in whole.outputs}
    for connection in whole.connections:
        if connection.output and connection.output not in known and not whole.known.outputs_are_missing:
            report.unknown("DEF-046", "output", connection.output[:80], connection.place, sorted(known))


def external_names(whole: Whole, report: Report) -> None:
    """DEF-047 two audiences, or variants, that one output would show under one name (spec §3, §9)."""
    seen: dict[tuple[str, str], tuple[str, str | None]] = {}
    for connection in whole.connections:
        for audience_id in connection.audiences:
            audience = whole.by_id[audience_id]
            variant = connection.variant
            name = audience.external_name if variant is None else f"{audience.external_name} - {variant}"
            what = (audience_id, variant)
            other = seen.setdefault((connection.output, name), what)
            if other != what:
                report.add(
                    "DEF-047",
                    f"`{other[0]}` and `{audience_id}` have one external name at the output `{connection.output}`",
                    audience.place,
                    hint="give one of them another `external_name`",
                )


def connected_once(whole: Whole, report: Report) -> None:
    """DEF-048 (warning) an audience that two active connections send to one output: it would be there twice."""
    seen: dict[tuple[str, str, str | None], str] = {}
    for connection in whole.connections:
        for audience_id in connection.audiences if connection.is_active else ():
            first = seen.setdefault((connection.output, audience_id, connection.variant), connection.id)
            if first != connection.id:
                report.add(
                    "DEF-048",
                    f"`{audience_id}` goes to the output `{connection.output}` by `{first}` and by `{connection.id}`",
                    connection.place,
                    severity="warning",
                )


def active_audiences(whole: Whole, report: Report) -> None:
    """DEF-049 more active audiences than `active_audience_limit`; they are listed (spec §6)."""
    limit = whole.project.active_audience_limit
    active = [
        audience_id
        for connection in whole.connections
        if connection.is_active
        for audience_id in connection.audiences
    ]
    names = sorted(set(active))
    if len(names) > limit:
        report.add(
            "DEF-049",
            f"{len(names)} audiences are active, the limit is {limit}: {', '.join(names)}",
            _place(whole),
            hint="set connections to `inactive`, or raise `active_audience_limit` in milepost.yml",
        )


def _place(whole: Whole) -> Place:
    return whole.project.place
