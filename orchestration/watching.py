"""Looks at what is published and finds what deserves a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.clock import now
from orchestration.faults import fault_findings
from transforms.audiences.generations import open_store
from transforms.audiences.stored import sizes_of_variants
from transforms.audiences.variants import sample_ratio
from transforms.audiences.watching import Finding, watch_figures, watch_freshness, watch_variants

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Definitions


def findings(settings: Settings, definitions: Definitions) -> tuple[Finding, ...]:
    """What deserves a look now: faulted deliveries, stale audiences, and what is unusual at the newest as_of."""
    generation = open_store(settings.published).current()
    newest = generation.newest if generation else None
    faults = fault_findings(settings, definitions)
    if generation is None or newest is None:
        return faults
    figures = [row for row in generation.figures if row.as_of == newest]
    return (
        *faults,
        *watch_freshness(definitions, generation, now()),
        *watch_figures(definitions, figures),
        *watch_variants(definitions, newest, _mismatched(settings, definitions, generation, newest)),
    )


def _mismatched(
    settings: Settings, definitions: Definitions, generation: Generation, as_of: datetime
) -> dict[str, float]:
    """Stored tests whose variants don't fit their shares, with p."""
    tests = {one.id: one.test for one in generation.calculated(as_of).values() if one.test is not None}
    if not tests:
        return {}
    sizes = sizes_of_variants(generation, as_of, settings.data / ".spill")
    mismatched: dict[str, float] = {}
    for audience_id, test in tests.items():
        ratio = sample_ratio(test, sizes.get(audience_id, {}))
        if ratio.is_mismatch and ratio.p_value is not None:
            mismatched[audience_id] = ratio.p_value
    return mismatched
