"""Checks of what was published that warn and block nothing: `watch:` tunes and silences them."""

from collections.abc import Iterable, Iterator

import dagster as dg

from orchestration import asset_keys
from transforms.audiences.watching import Finding

FRESH = "active_audiences_fresh"
_OF_FIGURES = (
    ("size_change", "size_in_band", "No size jumped from one day to the next by more than `watch` allows."),
    ("volatility", "volatility_in_band", "No volatility is above what `watch` allows."),
    ("emptied", "not_emptied", "No audience lost its last member since the day before."),
)
WATCHED = [
    *(
        dg.AssetCheckSpec(name, asset=asset_keys.GENERATION, description=description)
        for _, name, description in _OF_FIGURES
    ),
    dg.AssetCheckSpec(
        FRESH,
        asset=asset_keys.GENERATION,
        description="No active audience is older than `watch` allows; looked at every five minutes, too.",
    ),
]


def watched_figures(found: Iterable[Finding]) -> Iterator[dg.AssetCheckResult]:
    """The results of the checks of figures, each with what it found by audience."""
    told = list(found)
    for subject, name, _ in _OF_FIGURES:
        yield _result(name, [finding for finding in told if finding.subject == subject])


def is_fresh(stale: Iterable[Finding]) -> dg.AssetCheckResult:
    """The result of the check of freshness, within a run."""
    return _result(FRESH, stale)


def freshness(stale: Iterable[Finding]) -> dg.AssetCheckEvaluation:
    """The same outside a run."""
    result = is_fresh(stale)
    return dg.AssetCheckEvaluation(
        asset_key=asset_keys.GENERATION,
        check_name=FRESH,
        passed=result.passed,
        severity=result.severity,
        metadata=result.metadata,
    )


def _result(name: str, found: Iterable[Finding]) -> dg.AssetCheckResult:
    # An audience may be found twice in a backfill, on different days.
    told = {f"{finding.audience_id} {finding.as_of:%Y-%m-%d}": finding.text for finding in found}
    return dg.AssetCheckResult(
        asset_key=asset_keys.GENERATION,
        check_name=name,
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"found": dg.MetadataValue.json(told)},
    )
