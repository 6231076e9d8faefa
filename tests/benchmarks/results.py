"""What the benchmark prints, and the page that keeps the last of it."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
_ENGINES = ("duckdb", "polars", "pyarrow", "sqlglot", "dbt-core", "dbt-duckdb", "dagster")


@dataclass(frozen=True)
class Result:
    """A row: seconds, as a ratio of a yardstick's where there is one, the peak of memory, or a share."""

    what: str
    seconds: float | None = None
    yardstick: float | None = None
    megabytes: float | None = None
    share: float | None = None

    def cells(self) -> tuple[str, str, str, str]:
        """What, seconds, ratio, memory."""
        ratio = (
            "" if self.yardstick is None or self.seconds is None else f"{self.seconds / self.yardstick:.1f} ×"
        )
        if self.share is not None:
            ratio = f"{self.share:.1%}"
        return (
            self.what,
            "" if self.seconds is None else f"{self.seconds:,.2f}",
            ratio,
            "" if self.megabytes is None else f"{self.megabytes:,.0f} MB",
        )

    def line(self) -> str:
        """For a terminal."""
        what, seconds, ratio, memory = self.cells()
        return f"{what:<60} {seconds:>10} s {ratio:>9} {memory:>10}"


def describe() -> str:
    """Machine and versions."""
    engines = ", ".join(f"{name} {version(name)}" for name in _ENGINES)
    return f"{cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {engines}"


def write(events: int, days: int, results: list[Result]) -> None:
    """Put the results in the place of the last ones."""
    lines = [
        "# Results of the benchmark",
        "",
        f"{events:,} simulated events of {days} days. {describe()}.",
        "Seconds are of one run on one machine: read them as ratios. `make bench` measures anew.",
        "",
        "| what | seconds | ratio | memory |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {' | '.join(result.cells())} |" for result in results),
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
