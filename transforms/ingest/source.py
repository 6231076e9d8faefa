"""The file that is being read, as the readers of the formats see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.records import RowMapping
    from transforms.ingest.ip_geolocation import IpGeolocation


@dataclass(frozen=True)
class Source:
    """`ordinal` is the file's place in this ingest, `arrival` when it was first seen, in µs since 1970.

    `scratch` is a folder for temporary files, which goes with the ingest. `geolocation` says where an IP address lies.
    """

    workspace: str
    input: str
    path: str
    ordinal: int
    arrival: int
    mapping: RowMapping | None
    login_types: tuple[str, ...]
    scratch: Path
    geolocation: IpGeolocation | None = None

    def columns(self) -> dict[str, Any]:
        """The columns that all rows of this file have alike."""
        return {
            "workspace": self.workspace,
            "input": self.input,
            "source_path": self.path,
            "file_ordinal": self.ordinal,
        }
