"""The rows of the catalogue, as its script reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transforms.audiences.size_words import size_number, size_words
from transforms.instants import iso

if TYPE_CHECKING:
    from exports.report.records import AudienceReport, Delivery, Report

#: Sizes in the trend of a row, the newest last: a quarter of a year of days.
TREND = 90


def catalogue_data(report: Report) -> dict[str, Any]:
    """Every audience and milestone, in the order of `milepost list`."""
    names = {journey.id: journey.name for journey in report.journeys}
    return {
        "as_of": iso(report.as_of) if report.as_of else None,
        "audiences": [_row(one, names) for one in report.audiences],
    }


def _row(audience: AudienceReport, journeys: dict[str, str]) -> dict[str, Any]:
    row, figures = audience.row, audience.row.figures
    text, said = ("–", "") if audience.size is None else size_words(audience.size)
    return {
        "id": row.id,
        "name": row.name,
        "journey": row.journey,
        "journey_name": journeys.get(row.journey or "", row.journey),
        "state": row.state,
        "size": size_number(audience.size),
        "size_text": text,
        "size_said": "" if figures else said,
        "is_estimate": figures is None,
        "adds": figures.adds if figures else None,
        "drops": figures.drops if figures else None,
        "volatility": figures.volatility if figures else None,
        "trend": [day.figures.size for day in audience.days[-TREND:]],
        "variants": [variant.name for variant in audience.variants],
        "outputs": _outputs(audience),
        "tags": [*row.tags],
        "owner": row.owner,
        "access": row.access,
        "workspaces": len(row.workspaces),
        "is_shared": row.is_shared,
        "updated_at": iso(audience.updated_at) if audience.updated_at else None,
        "created_by": audience.created_by,
        "looks": [text for _, text in audience.looks],
        "is_redefined": bool(audience.redefined),
    }


def _outputs(audience: AudienceReport) -> list[dict[str, str]]:
    """Each output once, in the worst state of its connections."""
    found: dict[str, str] = {}
    for one in audience.deliveries:
        states = (delivery_state(one), found.get(one.output_id, _STATES[-1]))
        found[one.output_id] = min(states, key=_STATES.index)
    return [{"id": output, "state": state} for output, state in found.items()]


#: The worst first; what is active tells more than what is not.
_STATES = ("faulted", "held", "active", "inactive")


def delivery_state(delivery: Delivery) -> str:
    """`held`, `faulted`, `active` or `inactive`, the first that applies."""
    if delivery.fault is not None:
        return "held" if delivery.fault.reason == "held" else "faulted"
    return "active" if delivery.is_active else "inactive"
