"""Dagster's event log in one SQLite file, whose connections stay open."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
import sqlalchemy
import sqlalchemy.event
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage, SqlPollingEventWatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: Seconds to wait for another process that writes: the UI, its daemon, a run.
_WAIT = 30


class EventLog(ConsolidatedSqliteEventLogStorage):
    """What runs did, as the UI shows it; named in the instance's dagster.yaml.

    Dagster's own SQLite logs open a database, and compile each statement anew, for each of the dozen questions and
    answers that an asset costs. Here `run_connection` and `index_connection`, which a storage over SQL has to give,
    take a connection that is open, and what can't have changed is not asked for again. The tables are Dagster's.

    A crash of the process loses nothing; a power cut can lose the last events, of what the UI shows alone.
    """

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(f"sqlite:///{self.get_db_path()}", connect_args={"timeout": _WAIT})
        sqlalchemy.event.listen(engine, "connect", _without_waiting_for_the_disk)
        return engine

    @cached_property
    def _there(self) -> set[str]:
        """Tables, and columns of the table of assets, that were found: they stay."""
        return set()

    @cached_property
    def _materialized(self) -> dict[tuple[dg.AssetKey, str], Mapping[str, str]]:
        """The tags of what runs of this process materialized last, by asset and partition."""
        return {}

    @contextmanager
    def _open(self) -> Iterator[sqlalchemy.Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def run_connection(self, run_id: str | None) -> Any:
        return self._open()

    def index_connection(self) -> Any:
        return self._open()

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._there and super().has_table(table_name):
            self._there.add(table_name)
        return table_name in self._there

    def _has_asset_key_col_on_connection(self, conn: sqlalchemy.Connection, column_name: str) -> bool:
        # Asked several times for each asset. Where Dagster asks otherwise this is not called, and asking costs what
        # it did.
        known = f"asset_keys.{column_name}"
        if known not in self._there and super()._has_asset_key_col_on_connection(conn, column_name):
            self._there.add(known)
        return known in self._there

    def store_event(self, event: dg.EventLogEntry) -> None:
        super().store_event(event)
        stored = event.dagster_event
        if (
            stored is None
            or stored.event_type != dg.DagsterEventType.ASSET_MATERIALIZATION
            or not event.run_id
        ):
            return
        materialization = stored.step_materialization_data.materialization
        if materialization.partition is not None:
            self._materialized[(materialization.asset_key, materialization.partition)] = (
                materialization.tags or {}
            )

    def get_latest_tags_by_partition(
        self,
        asset_key: dg.AssetKey,
        event_type: dg.DagsterEventType,
        tag_keys: Sequence[str],
        asset_partitions: Sequence[str] | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> Mapping[str, Mapping[str, str]]:
        # A step asks this of each input, nearly always one that its own run has made: one run writes at a time.
        known = {
            partition: self._materialized.get((asset_key, partition)) for partition in asset_partitions or ()
        }
        if (
            event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
            and known
            and None not in known.values()
            and before_cursor is None
            and after_cursor is None
        ):
            return {
                partition: {key: tags[key] for key in tag_keys if key in tags}
                for partition, tags in known.items()
                if tags is not None
            }
        return super().get_latest_tags_by_partition(
            asset_key, event_type, tag_keys, asset_partitions, before_cursor, after_cursor
        )

    @cached_property
    def _watcher(self) -> SqlPollingEventWatcher:
        return SqlPollingEventWatcher(self)

    def watch(self, run_id: str, cursor: str | None, callback: Callable[..., Any]) -> None:
        # Dagster's own waits for the file to change, which it seldom does while connections are open: new rows are
        # in the write-ahead log beside it.
        self._watcher.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: Callable[..., Any]) -> None:
        self._watcher.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        if "_watcher" in self.__dict__:
            self._watcher.close()
        if "_engine" in self.__dict__:
            self._engine.dispose()


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("pragma synchronous = normal")
