"""Where it is kept what each connection's partner has received. Written only after a delivery succeeded (spec §10)."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exports.file_names import file_stem
from exports.ledger.received import part_files
from exports.ledger.records import ReceivedConnection, from_json, to_json
from transforms.durable import link_file, replace_bytes, sync_folder
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from exports.ledger.records import ReceivedAudience


@dataclass(frozen=True)
class Ledger:
    """One JSON file for each connection in `folder`, and beside it a folder of the parquet files that it names."""

    folder: Path

    def read(self, connection_id: str) -> ReceivedConnection:
        """What the partner has received, an empty record before the first delivery."""
        path = self._path(connection_id)
        if not path.exists():
            return ReceivedConnection(connection_id)
        return from_json(json.loads(path.read_text(encoding="utf-8")))

    def last_delivered(self, connection_id: str) -> datetime | None:
        """The latest as_of of which anything was delivered, None before the first delivery."""
        return self.read(connection_id).as_of

    def record(self, connection_id: str, audience: ReceivedAudience, parts: Iterable[Path] = ()) -> None:
        """Keep what is known of one audience from now on, with the parquet files of its new parts.

        `parts` lie in folders named by the kind of their list. A connection only moves forward, so an earlier as_of is
        an InternalError. Files that nothing names any more are removed last: a crash before leaves too much, never too
        little.
        """
        before = self.read(connection_id).audience(audience.audience_id, audience.variant)
        if before.as_of is not None and (audience.as_of is None or audience.as_of < before.as_of):
            raise InternalError(f"connection {connection_id} would move back")
        self._write(connection_id, audience, parts)

    def resync(self, connection_id: str, *, empties_first: bool) -> None:
        """Forget what was received, so that everything is sent at the next delivery, at the same as_of too.

        `empties_first`: it is forgotten only when the next delivery has taken it back. A list that is gone at the partner
        is forgotten, too; others stay the lists that they are.
        """
        for known in self.read(connection_id).audiences:
            is_gone = known.fault is not None and known.fault.reason == "list_gone"
            lists = tuple(
                replace(
                    one,
                    parts=one.parts if empties_first else (),
                    list_id=None if is_gone else one.list_id,
                )
                for one in known.lists
            )
            forgotten = replace(
                known, as_of=None, lists=lists, fault=None, is_accepted=True, is_emptied_first=empties_first
            )
            self._write(connection_id, forgotten, ())

    def resume(self, connection_id: str, *, accepts: bool) -> None:
        """Forget the faults; what was held is let go where it `accepts`, and stays held otherwise."""
        for known, fault in self.read(connection_id).faults:
            if accepts or fault.reason != "held":
                self._write(connection_id, replace(known, fault=None, is_accepted=accepts), ())

    def forget(self, connection_id: str, audience_id: str) -> None:
        """Forget all that was received of an audience and its variants."""
        known = self.read(connection_id)
        gone = tuple(one for one in known.audiences if one.audience_id == audience_id)
        if not gone:
            return
        others = tuple(one for one in known.audiences if one.audience_id != audience_id)
        self._replace(replace(known, audiences=others))
        for one in gone:
            shutil.rmtree(self._folder(connection_id, one), ignore_errors=True)

    def rename(self, connection_id: str, before: str, now: str) -> None:
        """What was received of the audience `before` was received of `now`, unless something is known of that already.

        Files have a second name before the record says so, and lose the first one after.
        """
        known = self.read(connection_id)
        old = tuple(one for one in known.audiences if one.audience_id == before)
        if not old or any(one.audience_id == now for one in known.audiences):
            return
        renamed = replace(known, audiences=tuple(one for one in known.audiences if one.audience_id != before))
        for one in old:
            moved = replace(one, audience_id=now)
            for each in one.lists:
                for path in part_files(self.folder_of(connection_id, one, each.kind), each):
                    self._take_in(path, self.folder_of(connection_id, moved, each.kind))
            renamed = renamed.with_audience(moved)
        self._replace(renamed)
        for one in old:
            shutil.rmtree(self._folder(connection_id, one), ignore_errors=True)

    def _write(self, connection_id: str, audience: ReceivedAudience, parts: Iterable[Path]) -> None:
        known = self.read(connection_id)
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in parts:
            self._take_in(path, self.folder_of(connection_id, audience, path.parent.name))
        self._replace(known.with_audience(audience))
        self._sweep(connection_id, audience)

    def _replace(self, known: ReceivedConnection) -> None:
        content = json.dumps(to_json(known), indent=1) + "\n"
        replace_bytes(self._path(known.connection_id), content.encode())

    @staticmethod
    def _take_in(path: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).unlink(missing_ok=True)
        link_file(path, folder / path.name)
        sync_folder(folder)

    def folder_of(self, connection_id: str, audience: ReceivedAudience, kind: str) -> Path:
        """Where the parquet files of a list lie; `kind` is that of the list, or what stands for an empty one."""
        return self._folder(connection_id, audience) / (kind or NO_KIND)

    def _folder(self, connection_id: str, audience: ReceivedAudience) -> Path:
        return self.folder / connection_id / file_stem(audience.audience_id, audience.variant)

    def _sweep(self, connection_id: str, audience: ReceivedAudience) -> None:
        """Remove what no list names any more."""
        folder = self._folder(connection_id, audience)
        named = {
            path
            for one in audience.lists
            for path in part_files(self.folder_of(connection_id, audience, one.kind), one)
        }
        if folder.is_dir():
            for path in folder.rglob("*.parquet"):
                if path not in named:
                    path.unlink()

    def _path(self, connection_id: str) -> Path:
        return self.folder / f"{connection_id}.json"


#: The folder of a list whose kind has no name.
NO_KIND = "list"
