"""The sample of users as estimates read it, with the models that were made over it (transforms/ingest/sample.py)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from transforms.durable import sync_file
from transforms.errors import failure
from transforms.ingest.sample import current_sample, sample_lock, update_sample
from transforms.ingest.sample_record import FOLDER, SampleRecord, read_record, record_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.run_models import RunModels

_MODELS = "models"
#: Models of so many instants stay: whoever compares two of them does not make either again.
_KEPT = 3


@dataclass(frozen=True)
class Sample:
    """A sample that is up to date with the lake, and the folder `models` of what was made of it at one instant."""

    folder: Path
    record: SampleRecord
    models: Path

    @property
    def users(self) -> int:
        """All users of the lake."""
        return self.record.users

    @property
    def sampled(self) -> int:
        """Those of them in the sample."""
        return min(self.record.most, self.record.users)

    def mpid_files(self) -> tuple[Path, ...]:
        """Parquet with the column `mpid`: each user of the sample, once."""
        names = self.record.known if self.record.sampled is None else (self.record.sampled,)
        return tuple(self.folder / name for name in names)

    def files(self, table: str) -> tuple[Path, ...]:
        """The files of `events` or `users`, each in a folder `day=…`, of a sample that is not whole."""
        return tuple(
            self.folder / day.file for day in self.record.days[table].values() if day.file is not None
        )

    def others(self, table: str) -> Path:
        """The rows of other mpids that decide about users of the sample, with a column `day`."""
        return self.folder / self.record.others[table]

    def kept_model(self, name: str) -> Path:
        """Where the rows of a model are, once somebody asked for them."""
        return self.models / f"{name}.parquet"

    def keep_model(self, name: str, write: Callable[[Path], None]) -> None:
        """Keep the rows of a model, which `write` puts into a file; it appears whole or not at all."""
        temporary = self.models / f".{name}.{os.getpid()}.tmp"
        try:
            write(temporary)
            sync_file(temporary)
            temporary.replace(self.kept_model(name))
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def opened_sample(data: Path, models: RunModels, as_of: datetime) -> Iterator[Sample]:
    """The sample of a data folder for questions at `as_of`, brought up to date first; it stays while the block runs.

    A failure (exit status 1) where nothing was ingested.
    """
    made: Path | None = None
    while True:
        update_sample(data, models.login_types)
        if made is not None:
            _make_room(data, made)
        with sample_lock(data):
            # Another ingest may have ended meanwhile: what is read is what is there under the lock.
            record = current_sample(data, models.login_types)
            if record is None and read_record(data) is None:
                raise failure(
                    "nothing-ingested", "there is no lake: nothing was ingested", hint="run `milepost ingest`"
                )
            if record is not None:
                made = data / FOLDER / _MODELS / _digest(data / "lake", record, models, as_of)
                if made.is_dir():
                    yield Sample(data / FOLDER, record, made)
                    return


def _digest(lake: Path, record: SampleRecord, models: RunModels, as_of: datetime) -> str:
    """Another text where models over the sample may give other rows."""
    digest = hashlib.sha256(f"{record_digest(record)} {as_of.isoformat()}".encode())
    digest.update(json.dumps(asdict(models), sort_keys=True).encode())
    for path in sorted((lake / "lists").glob("*/*.parquet")):
        state = path.stat()
        digest.update(f"{path.relative_to(lake)} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _make_room(data: Path, made: Path) -> None:
    """A folder for the models of one instant; those of the oldest go."""
    with sample_lock(data, writes=True):
        made.mkdir(parents=True, exist_ok=True)
        folders = sorted(made.parent.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
        for folder in folders[_KEPT:]:
            shutil.rmtree(folder)
