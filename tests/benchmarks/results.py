"""What the benchmark prints, and what it keeps: rows by size as JSON, from which the page and the charts are written."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PAGE = FOLDER / "RESULTS.md"
KEPT = FOLDER / "results.json"
_ENGINES = ("duckdb", "polars", "chdb", "pyarrow", "sqlglot", "dbt-core", "dbt-duckdb", "dagster")


@dataclass(frozen=True)
class Result:
    """A row: seconds, how many times those of its yardstick, the peak of memory, or a share of a whole.

    `most` is the bar of the ratio, or of the seconds where there is no yardstick; `least` that of the share. With
    `of_megabytes` the ratio is that of the memory.
    """

    what: str
    seconds: float | None = None
    yardstick: float | None = None
    megabytes: float | None = None
    share: float | None = None
    most: float | None = None
    least: float | None = None
    of_megabytes: float | None = None

    @property
    def ratio(self) -> float | None:
        """Times the yardstick."""
        if self.megabytes is not None and self.of_megabytes is not None:
            return self.megabytes / self.of_megabytes
        return None if self.yardstick is None or self.seconds is None else self.seconds / self.yardstick

    def cells(self) -> tuple[str, str, str, str, str]:
        """What, seconds, ratio, memory, bar."""
        return (
            self.what,
            "" if self.seconds is None else f"{self.seconds:,.2f}",
            f"{self.share:.1%}" if self.share is not None else _times(self.ratio),
            "" if self.megabytes is None else f"{self.megabytes:,.0f} MB",
            self._bar(),
        )

    def line(self) -> str:
        """For a terminal."""
        what, seconds, ratio, memory, bar = self.cells()
        return f"{what:<76} {seconds:>10} {ratio:>9} {memory:>10}  {bar}"

    def _bar(self) -> str:
        if self.least is not None and self.share is not None:
            return f"≥ {self.least:.0%} {_verdict(self.share >= self.least)}"
        if self.most is None:
            return ""
        if self.ratio is not None:
            return f"≤ {self.most:g} × {_verdict(self.ratio <= self.most)}"
        return f"≤ {self.most:g} s {_verdict(self.seconds is not None and self.seconds <= self.most)}"


@dataclass(frozen=True)
class Point:
    """Seconds at one place of a chart: `line` is what was measured, `at` how many audiences or days."""

    axis: str
    line: str
    at: int
    seconds: float
    yardstick: float


def describe() -> str:
    """Machine and versions."""
    engines = ", ".join(f"{name} {version(name)}" for name in _ENGINES)
    return f"{cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {engines}"


def kept() -> dict[str, Any]:
    """What was measured last: `rows` by the number of events, and the `points` of the charts."""
    if not KEPT.exists():
        return {"sizes": {}, "points": []}
    return json.loads(KEPT.read_text(encoding="utf-8"))


def keep(events: int, days: int, results: list[Result], points: list[Point]) -> None:
    """Put the results in the place of the last ones of their size, and write the page anew."""
    everything = kept()
    everything["sizes"][str(events)] = {
        "days": days,
        "machine": describe(),
        "rows": [asdict(result) for result in results],
    }
    if points:
        everything["points"] = [asdict(point) for point in points]
    KEPT.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text("\n".join(_page(everything["sizes"])) + "\n", encoding="utf-8")


def _page(sizes: dict[str, Any]) -> list[str]:
    lines = [
        "# Results of the benchmark",
        "",
        "Seconds are of one run on one machine: read them as ratios. `make bench` measures anew.",
    ]
    for events, measured in sorted(sizes.items(), key=lambda size: int(size[0])):
        lines += [
            "",
            f"## {int(events):,} simulated events of {measured['days']} days",
            "",
            f"{measured['machine']}.",
            "",
            "| what | seconds | ratio | memory | bar |",
            "| --- | ---: | ---: | ---: | --- |",
            *(f"| {' | '.join(Result(**row).cells())} |" for row in measured["rows"]),
        ]
    return lines


def _times(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{ratio:.2f} ×" if ratio < 2 else f"{ratio:.1f} ×"


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "missed"
