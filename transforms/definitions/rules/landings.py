"""Each file belongs to one input."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.definitions.records import Input
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report


def landings(whole: Whole, report: Report) -> None:
    """DEF-077 the landing folder of an input is, or lies in, that of another: its files would be read twice."""
    folders = [(source, _folder(source)) for source in whole.project.inputs]
    for source, folder in folders:
        for other, around in folders:
            if other is source or not f"{folder}/".startswith(f"{around}/"):
                continue
            if folder == around and other.key > source.key:
                continue
            report.add(
                "DEF-077",
                f"the landing folder of `{source.key}` is, or lies in, that of `{other.key}`",
                source.place,
                hint="every file would be read for both: give each input a folder of its own",
            )


def _folder(source: Input) -> str:
    return posixpath.normpath(source.landing or f"landing/{source.key}").rstrip("/")
