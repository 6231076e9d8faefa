"""Lists of users into the lake: each lists/NAME.csv that criteria name becomes parquet (spec §3, §4.4).

A list that did not change since is left alone, one that no criterion names any more is taken out.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.contracts import LISTS
from transforms.definitions.list_files import list_path
from transforms.documents.list_file import MPID, open_list
from transforms.documents.report import Report
from transforms.durable import replacing
from transforms.errors import Place
from transforms.ingest.partitions import write_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from transforms.documents.list_file import ListFile

#: A folder without rows, so that a query over the lake finds the columns. No list has such a name.
_NO_LIST = "__none__"
_ROWS = 65_536
#: In the metadata of a list's parquet: the bytes that it was made of, and how. A change of the second makes
#: every list be read again.
_DIGEST = b"milepost_sha256"
_FORMAT = "1"


@dataclass(frozen=True)
class TakenList:
    """A list as it is in the lake. `is_new`: it was read now, since it is new or was changed."""

    name: str
    rows: int
    is_new: bool


def lists_folder(lake: Path) -> Path:
    """Where the lists lie in the lake."""
    return lake / "lists"


def has_list(lake: Path, name: str) -> bool:
    """Whether a list was taken in."""
    return _place(lake, name).is_file()


def take_in_lists(project_folder: Path, lake: Path, names: Iterable[str]) -> tuple[TakenList, ...]:
    """Bring the named lists of a project folder into the lake, and take all others out of it.

    Afterwards `lake/lists` holds at least one parquet file. Raises UserError with every problem of every list;
    a list with a problem stays in the lake as it was, the others are taken in.
    """
    wanted = sorted(set(names))
    if not has_list(lake, _NO_LIST):
        with replacing(_place(lake, _NO_LIST)) as path:
            write_empty(path, LISTS)
    report = Report()
    taken = [_take(project_folder, lake, name, report) for name in wanted]
    for folder in lists_folder(lake).iterdir():
        if folder.name.partition("=")[2] not in (_NO_LIST, *wanted):
            shutil.rmtree(folder)
    report.raise_errors()
    return tuple(one for one in taken if one is not None)


def _place(lake: Path, name: str) -> Path:
    return lists_folder(lake) / f"list_name={name}" / "part-0.parquet"


def _take(project_folder: Path, lake: Path, name: str, report: Report) -> TakenList | None:
    source, target = project_folder / list_path(name), _place(lake, name)
    try:
        digest = _digest(source)
        known = pq.read_metadata(target) if target.is_file() else None
        if known is not None and (known.metadata or {}).get(_DIGEST) == digest:
            return TakenList(name, known.num_rows, is_new=False)
        with source.open("rb") as stream:
            before = len(report.errors)
            opened = open_list(stream, list_path(name), report)
            if opened is None:
                return None
            with replacing(target) as path:
                rows = _write(path, opened, digest)
                if len(report.errors) > before:
                    raise _BadList
    except _BadList:
        return None
    except OSError as error:
        report.add("LST-020", f"the list can't be taken in: {error.strerror}", Place(list_path(name)))
        return None
    return TakenList(name, rows, is_new=True)


class _BadList(Exception):
    """Its problems are reported, and what was written of it is thrown away."""


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return f"{_FORMAT}:{hashlib.file_digest(file, 'sha256').hexdigest()}".encode()


def _write(path: Path, opened: ListFile, digest: bytes) -> int:
    rows = 0
    with pq.ParquetWriter(path, LISTS.with_metadata({_DIGEST: digest}), compression="zstd") as writer:
        for values in _batches(opened.values):
            writer.write_table(_table(opened.column, values))
            rows += len(values)
    return rows


def _batches(values: Iterator[int | str]) -> Iterator[list[int | str]]:
    held: list[int | str] = []
    for value in values:
        held.append(value)
        if len(held) == _ROWS:
            yield held
            held = []
    if held:
        yield held


def _table(column: str, values: list[int | str]) -> pa.Table:
    nothing = pa.nulls(len(values), pa.string())
    columns = (
        [nothing, nothing, pa.array(values, pa.int64())]
        if column == MPID
        else [pa.array([column] * len(values)), pa.array(values, pa.string()), nothing.cast(pa.int64())]
    )
    return pa.table(columns, schema=LISTS)
