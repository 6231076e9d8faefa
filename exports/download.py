"""The ZIP of `milepost download`: one CSV for each audience or variant, and a manifest, last (spec §11)."""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from exports.file_names import file_stem
from exports.formats.csv import write_csv
from transforms.durable import sync_file, sync_folder
from transforms.engine import calculator
from transforms.instants import epoch_milliseconds, iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from transforms.audiences.generations import Generation

HEADER = ("mpid", "scanned_timestamp_ms", "identity_value", "identity_type")
MANIFEST = "manifest.json"
_BATCH = 10_000
# The earliest time that a ZIP can hold: the archive's bytes must not tell when it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o644 << 16
#: Ids of archives are UUIDs of their content in this name space, a constant chosen once.
_NAMESPACE = uuid.UUID("5f1c3a2e-6b0d-4a55-9d0e-0c1c1b7e8a11")

# hive_partitioning is off: the folder's name would hide the column as_of.
_IDENTITIES = """
with member as (
    select mpid from read_parquet($members, hive_partitioning = false)
    where audience_id = $audience and ($variant is null or variant = $variant)
    order by case when $sample is not null then md5(mpid::varchar) end
    limit $sample
)
select mpid, $scanned, identity_value, identity_type
from read_parquet($identities) semi join member using (mpid)
where list_contains($types, identity_type)
order by mpid, identity_type, identity_value
"""


@dataclass(frozen=True)
class DownloadRequest:
    """What to download: (audience, variant or None for the whole), identity types, and members of a sample."""

    parts: tuple[tuple[str, str | None], ...]
    as_of: datetime
    identity_types: tuple[str, ...]
    sample: int | None = None


@dataclass(frozen=True)
class DownloadedFile:
    """One CSV of the archive. min and max are None where it has no rows."""

    file_name: str
    min_timestamp_ms: int | None
    max_timestamp_ms: int | None
    total_users: int
    total_rows: int
    rows_by_identity: dict[str, int]
    sha256: str


@dataclass(frozen=True)
class Download:
    """A finished archive."""

    path: Path
    manifest: dict[str, object]


def write_download(
    folder: Path, generation: Generation, request: DownloadRequest, generated: datetime
) -> Download:
    """Write `milepost_<as_of>_<8 hex of id>.zip` into `folder` and return it with its manifest.

    `generated`, the only value that comes from the clock, stands in the manifest alone. Members of the
    archive have a fixed time, so that the same inputs give the same bytes but for that one value. Memory stays
    flat: rows are streamed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Its name comes from its content, which is known when it is written; two downloads may be at work.
    working = folder / f".download-{uuid.uuid4().hex}"
    try:
        with zipfile.ZipFile(working, "w", zipfile.ZIP_DEFLATED) as archive:
            files = _write_parts(archive, generation, request, folder)
            manifest = _manifest(request, files, generated)
            with _member(archive, MANIFEST) as opened:
                opened.write((json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())
        sync_file(working)
        path = working.replace(folder / str(manifest["archive_name"]))
    finally:
        working.unlink(missing_ok=True)
    sync_folder(folder)
    return Download(path, manifest)


def _write_parts(
    archive: zipfile.ZipFile, generation: Generation, request: DownloadRequest, folder: Path
) -> list[DownloadedFile]:
    names = sorted((f"{file_stem(*part)}.csv", part) for part in request.parts)
    with calculator(folder / ".spill") as connection:
        return [_write_part(archive, connection, generation, request, name, part) for name, part in names]


class _Tally:
    """Counts rows on their way into a file."""

    def __init__(self, types: tuple[str, ...]) -> None:
        self.users = 0
        self.rows_by_identity = dict.fromkeys(types, 0)
        self._last: int | None = None

    def count(self, rows: Iterator[tuple[int, int, str, str]]) -> Iterator[tuple[int, int, str, str]]:
        for row in rows:
            self.users += row[0] != self._last
            self._last = row[0]
            self.rows_by_identity[row[3]] += 1
            yield row


def _write_part(
    archive: zipfile.ZipFile,
    connection: duckdb.DuckDBPyConnection,
    generation: Generation,
    request: DownloadRequest,
    name: str,
    part: tuple[str, str | None],
) -> DownloadedFile:
    audience_id, variant = part
    scanned = epoch_milliseconds(request.as_of)
    result = connection.execute(
        _IDENTITIES,
        {
            "members": str(generation.members_file(request.as_of)),
            "identities": str(generation.identities_file),
            "audience": audience_id,
            "variant": variant,
            "sample": request.sample,
            "scanned": scanned,
            "types": list(request.identity_types),
        },
    )
    tally = _Tally(request.identity_types)
    digest = hashlib.sha256()
    with _member(archive, name) as opened:

        def write(chunk: bytes) -> None:
            digest.update(chunk)
            opened.write(chunk)

        count = write_csv(write, HEADER, tally.count(_rows(result)))
    instant = scanned if count else None
    return DownloadedFile(
        name, instant, instant, tally.users, count, tally.rows_by_identity, digest.hexdigest()
    )


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int, str, str]]:
    while found := result.fetchmany(_BATCH):
        yield from found


@contextmanager
def _member(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """One member of the archive, with nothing in its header that differs from run to run."""
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.create_system = _UNIX
    info.external_attr = _READABLE
    info.compress_type = zipfile.ZIP_DEFLATED
    # A file's size is known only when it is written: leave room for more than 2 GB.
    with archive.open(info, "w", force_zip64=True) as opened:
        yield opened


def _manifest(
    request: DownloadRequest, files: list[DownloadedFile], generated: datetime
) -> dict[str, object]:
    identity = _content_id(request, files)
    earliest = [file.min_timestamp_ms for file in files if file.min_timestamp_ms is not None]
    latest = [file.max_timestamp_ms for file in files if file.max_timestamp_ms is not None]
    return {
        "archive_name": f"milepost_{request.as_of:%Y%m%dT%H%M%SZ}_{identity.hex[:8]}.zip",
        "id": str(identity),
        "audience_ids": sorted({audience_id for audience_id, _ in request.parts}),
        "included_identities": list(request.identity_types),
        "manifest_generated": iso(generated),
        "min_timestamp_ms": min(earliest, default=None),
        "max_timestamp_ms": max(latest, default=None),
        "total_rows": sum(file.total_rows for file in files),
        "rows_by_identity": {
            kind: sum(file.rows_by_identity[kind] for file in files) for kind in request.identity_types
        },
        "files": [
            {
                "file_name": file.file_name,
                "min_timestamp_ms": file.min_timestamp_ms,
                "max_timestamp_ms": file.max_timestamp_ms,
                "total_users": file.total_users,
                "total_rows": file.total_rows,
                "rows_by_identity": file.rows_by_identity,
            }
            for file in files
        ],
    }


def _content_id(request: DownloadRequest, files: list[DownloadedFile]) -> uuid.UUID:
    content = {
        "as_of": iso(request.as_of),
        "identities": request.identity_types,
        "files": [(file.file_name, file.sha256) for file in files],
    }
    return uuid.uuid5(_NAMESPACE, json.dumps(content, ensure_ascii=False))
