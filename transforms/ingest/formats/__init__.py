"""The formats that an input can land in. A new one is a module here and a line in FORMATS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from transforms.ingest.formats.batches import read_batches
from transforms.ingest.formats.csv import read_csv
from transforms.ingest.formats.parquet import read_parquet

if TYPE_CHECKING:
    from collections.abc import Callable

    from transforms.ingest.sink import Sink
    from transforms.ingest.source import Source


@dataclass(frozen=True)
class Format:
    """`read` takes the uncompressed bytes of one file and gives the sink everything that is in it.

    It raises FileRejected where nothing of the file can be used.
    """

    name: str
    read: Callable[[BinaryIO, Source, Sink], None]


FORMATS = (Format("batches", read_batches), Format("csv", read_csv), Format("parquet", read_parquet))


def format_named(name: str) -> Format:
    """The format of that name; KeyError where there is none, which validation of milepost.yml rules out."""
    return {known.name: known for known in FORMATS}[name]
