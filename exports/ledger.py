"""What each connection delivered last. Written only after the delivery succeeded (spec §10)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.durable import replace_bytes
from transforms.errors import InternalError
from transforms.instants import iso, read_instant

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from exports.manifest import ExportManifest


@dataclass(frozen=True)
class Ledger:
    """One file for each connection, in `folder`."""

    folder: Path

    def last_delivered(self, connection_id: str) -> datetime | None:
        """The as_of of the connection's last successful delivery, None before the first."""
        path = self._path(connection_id)
        if not path.exists():
            return None
        as_of = read_instant(json.loads(path.read_text(encoding="utf-8"))["as_of"])
        if as_of is None:
            raise InternalError(f"{path.name} holds no as_of")
        return as_of

    def record(self, connection_id: str, as_of: datetime, delivered: tuple[ExportManifest, ...]) -> None:
        """Keep what was delivered; a connection only moves forward, so an earlier as_of is an InternalError.

        Attempted, accepted and rejected are counted apart: a folder accepts all rows.
        """
        last = self.last_delivered(connection_id)
        if last is not None and as_of <= last:
            raise InternalError(f"connection {connection_id} would move back")
        content = {
            "connection": connection_id,
            "as_of": iso(as_of),
            "files": [
                {
                    "file_name": manifest.file_name,
                    "sha256": manifest.sha256,
                    "rules_version": manifest.rules_version,
                    "audience_id": manifest.audience_id,
                    "variant": manifest.variant,
                    "attempted": manifest.counts.rows,
                    "accepted": manifest.counts.rows,
                    "rejected": 0,
                }
                for manifest in delivered
            ],
        }
        replace_bytes(self._path(connection_id), (json.dumps(content, indent=1) + "\n").encode())

    def _path(self, connection_id: str) -> Path:
        return self.folder / f"{connection_id}.json"
