"""Writes the pages into a folder, which then works from a file or any static host."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exports.report.canvas import canvas
from exports.report.catalogue import catalogue_data
from exports.report.charts import charts_name, charts_script
from exports.report.pages import Pages
from transforms.durable import is_disk_full
from transforms.errors import Problem, UserError, failure
from transforms.instants import iso, read_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from exports.report.records import AudienceReport, Report

_ASSETS = Path(__file__).parent / "assets"
#: Tells a folder of pages from any other one, which is never written over.
_MARKER = "report.json"


def write_pages(report: Report, folder: Path) -> int:
    """Write all pages, scripts and data; how many pages. The folder holds the old ones or the new ones, whole; for the
    instant in which they change places there is none. One report at a time is written into it.

    UserError RPT-001 where something else lies in the folder; failure `disk_full` where no space is left.
    """
    if folder.exists() and not (folder / _MARKER).exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            Problem(
                "RPT-001",
                f"`{folder.name}` holds something else than a report",
                hint="choose an empty folder, or one that is not there yet",
            )
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    with _alone(folder.parent):
        # What a report that was killed has left.
        if old.exists() and not folder.exists():
            old.rename(folder)
        try:
            for leftover in (new, old):
                shutil.rmtree(leftover, ignore_errors=True)
            pages = _write(report, new, folder)
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            if is_disk_full(error):
                raise failure(
                    "disk_full",
                    f"no space is left on the disk of {folder}: the pages are those of before",
                    "free some space and write the report again",
                ) from error
            raise
    return pages


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else writes a report into a folder below this one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def written_at(folder: Path) -> datetime | None:
    """When the pages in a folder were written, UTC; None where there are none."""
    marker = folder / _MARKER
    return read_instant(json.loads(marker.read_bytes())["made_at"]) if marker.exists() else None


def _write(report: Report, folder: Path, before: Path) -> int:
    shutil.copytree(_ASSETS, folder / "assets")
    name = charts_name()
    kept = before / "assets" / name
    if kept.exists():
        shutil.copy2(kept, folder / "assets" / name)
    else:
        (folder / "assets" / name).write_text(charts_script(), encoding="utf-8")
    for part in ("data/audiences", "audiences", "journeys"):
        (folder / part).mkdir(parents=True)
    _write_data(folder / "data" / "catalogue.js", catalogue_data(report))
    for audience in report.audiences:
        if len(audience.days) > 1:
            _write_data(folder / "data" / "audiences" / f"{audience.id}.js", _days(audience))
    pages = 0
    for path, text in _pages(report):
        (folder / path).write_text(text, encoding="utf-8")
        pages += 1
    marker = {"project": report.project, "made_at": iso(report.made_at), "pages": pages}
    (folder / _MARKER).write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")
    return pages


def _pages(report: Report) -> Iterator[tuple[str, str]]:
    pages = Pages(report)
    known = {audience.id: audience for audience in report.audiences}
    yield "index.html", pages.catalogue()
    for journey in report.journeys:
        yield f"journeys/{journey.id}.html", pages.journey(journey, canvas(journey, known))
    for audience in report.audiences:
        yield f"audiences/{audience.id}.html", pages.audience(audience)


def _days(audience: AudienceReport) -> list[dict[str, Any]]:
    return [
        {
            "as_of": iso(day.as_of),
            "size": day.figures.size,
            "adds": day.figures.adds,
            "drops": day.figures.drops,
            "volatility": day.figures.volatility,
        }
        for day in audience.days
    ]


def _write_data(path: Path, data: Any) -> None:
    """A script, since pages can't read files when they are opened as files."""
    path.write_text(f"window.milepost = {json.dumps(data, ensure_ascii=False)};\n", encoding="utf-8")
