"""The charts of the README: what audiences and days cost, in bare scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.results import FOLDER

if TYPE_CHECKING:
    from tests.benchmarks.results import Point

_AXES = {
    "audiences": ("audiences", "Cost against the number of audiences"),
    "days": ("days of history", "Cost against the days of history, 100 audiences"),
}
_OURS = ("#0b6e6e", "#37b5a4")
_OTHERS = ("#8a8a8a", "#b3882f", "#7a5ea8")


def draw(points: list[Point]) -> None:
    """`cost-by-audiences.svg` and `cost-by-days.svg` beside RESULTS.md; the same points give the same bytes."""
    # Only `make bench` installs it.
    import matplotlib as mpl  # pyright: ignore[reportMissingImports]
    from matplotlib import pyplot as plt  # pyright: ignore[reportMissingImports]

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "milepost", "font.size": 11, "svg.fonttype": "none"})
    for axis, (label, title) in _AXES.items():
        figure, axes = plt.subplots(figsize=(7.2, 4.2))
        ours, others = iter(_OURS), iter(_OTHERS)
        for line in dict.fromkeys(point.line for point in points if point.axis == axis):
            chosen = sorted(
                (point.at, point.seconds / point.yardstick)
                for point in points
                if (point.axis, point.line) == (axis, line)
            )
            is_ours = line.startswith("Milepost")
            axes.plot(
                *zip(*chosen, strict=True),
                label=line,
                color=next(ours if is_ours else others),
                linewidth=2.5 if is_ours else 1.5,
                marker="o",
                markersize=4,
            )
        axes.set(
            title=title,
            xlabel=label,
            ylabel="bare scans of 30 days of events",
            ylim=(0, None),
            xlim=(0, None),
        )
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=9)
        figure.tight_layout()
        figure.savefig(FOLDER / f"cost-by-{axis}.svg", metadata={"Date": None})
        plt.close(figure)
