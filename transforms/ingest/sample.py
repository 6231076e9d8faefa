"""A sample of users beside the lake, from which sizes are estimated (spec §7): `data/sample`.

Its users are those whose mpids have the smallest md5, so that they are the same every time; with them lie their rows of
`lake/events` and `lake/users`. A record without mpid belongs to whoever has its login identity, which may be said later
or not yet as of an instant. So the rows of other mpids that decide about users of the sample lie there too:
what bears a login identity of theirs, all that says whose such an identity is, and the ends of their sessions. The
models resolve them as over the whole lake; of mpids that are not in the sample there is only a part.

    sample.json                  what there is, and the files of the lake it was made of (sample_record.py)
    known/, sampled/             every mpid of the lake; those in the sample, with their points
    logins/, sessions/, claimed/ what brings rows of other mpids: their login identities, their sessions, and login
                                 identities that their rows bear
    events/day=…/, users/day=…/  rows of the sample, one file a day, in the lake's order
    others/                      the rows of other mpids, all together and by kind and day

A lake of no more users than a sample has is its own sample: nothing is copied. After an ingest only the days whose
files are not those of the record (name, size, modification time) are read again. A crash leaves an older record with its
files, which says itself that it is behind; the next ingest or estimate brings it up to date. Whoever takes rows out of the
lake removes the folder.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from transforms.contracts import EVENT_SORT, EVENTS, USER_SORT, USERS
from transforms.durable import sync_file
from transforms.engine import calculator
from transforms.ingest import sample_sql
from transforms.ingest.sample_record import (
    FOLDER,
    TABLES,
    SampledDay,
    SampleRecord,
    Stamp,
    lake_stamps,
    read_record,
    write_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: Users of a sample: spec §7.
SAMPLED_USERS = 200_000
#: Rows of a row group: fewer than in the lake, since a day has fewer.
_ROW_GROUP = 16_384
#: So many files of known mpids, one for each ingest that brought new ones, become one.
_KNOWN_FILES = 16
_FOLDERS = frozenset({"known", "sampled", "others", *TABLES, *(known.name for known, _ in sample_sql.OTHERS)})
_ORDERS = {"events": (EVENTS, EVENT_SORT), "users": (USERS, USER_SORT)}

Stamps = dict[str, dict[str, tuple[Stamp, ...]]]


def update_sample(data: Path, login_types: tuple[str, ...], most: int | None = None) -> None:
    """Bring the sample of a data folder up to date with its lake, if anything was ingested.

    `most` is the number of users in it, SAMPLED_USERS unless told.
    """
    if not _is_ingested(data) or current_sample(data, login_types, most) is not None:
        return
    with sample_lock(data, writes=True):
        if current_sample(data, login_types, most) is None:
            stamps = lake_stamps(data / "lake")
            _Update(data, read_record(data), stamps, login_types, most or SAMPLED_USERS).run()


def update_sample_after(data: Path, login_types: tuple[str, ...]) -> None:
    """The same after an ingest, which stands whatever becomes of the sample: an estimate tries again, and says why not."""
    with suppress(OSError, duckdb.Error):
        update_sample(data, login_types)


def current_sample(data: Path, login_types: tuple[str, ...], most: int | None = None) -> SampleRecord | None:
    """The sample that is there, None where it is none of the lake as it is now."""
    record = read_record(data)
    if record is None or record.login_types != login_types or record.most != (most or SAMPLED_USERS):
        return None
    made_of = {
        table: {day: found.stamps for day, found in days.items()} for table, days in record.days.items()
    }
    return record if made_of == lake_stamps(data / "lake") else None


@contextmanager
def sample_lock(data: Path, *, writes: bool = False) -> Iterator[None]:
    """Any number read the files of a sample at a time, or one writes them."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if writes else fcntl.LOCK_SH)
        yield


def _is_ingested(data: Path) -> bool:
    return all(any((data / "lake" / table).glob("day=*/*.parquet")) for table in TABLES)


class _Update:
    """One step from the record that is there to one of the lake as `stamps` say it is."""

    def __init__(
        self,
        data: Path,
        record: SampleRecord | None,
        stamps: Stamps,
        login_types: tuple[str, ...],
        most: int,
    ) -> None:
        self._lake = data / "lake"
        self._data = data
        self._folder = data / FOLDER
        self._stamps = stamps
        self._login_types = login_types
        self._most = most
        self._before = None if record is None or self._is_of_no_use(record) else record
        self._has_same_logins = record is not None and record.login_types == login_types
        self._number = 1 if record is None else record.number + 1
        self._connection = calculator(self._folder / ".spill")

    def run(self) -> None:
        with self._connection:
            for statement in sample_sql.SETTINGS:
                self._connection.execute(statement)
            record = self._record()
        for name in record.files():
            sync_file(self._folder / name)
        write_record(self._data, record)
        kept = record.files()
        for path in self._folder.glob("**/*.parquet"):
            name = path.relative_to(self._folder).as_posix()
            if name.split("/", 1)[0] in _FOLDERS and name not in kept:
                path.unlink()

    def _is_of_no_use(self, record: SampleRecord) -> bool:
        """Whether to begin anew: for another number of users, and for days that are gone."""
        gone = any(record.days[table].keys() - self._stamps[table].keys() for table in TABLES)
        return gone or record.most != self._most

    def _record(self) -> SampleRecord:
        users, known = self._known()
        if users <= self._most:
            days = {
                table: {day: SampledDay(stamps) for day, stamps in found.items()}
                for table, found in self._stamps.items()
            }
            return self._made(users, known, days)
        sampled, upto = self._sampled()
        days = {table: self._days(table, upto) for table in TABLES}
        sets, others, with_others = self._others(days)
        return self._made(users, known, with_others, sampled, sets, others)

    def _made(
        self,
        users: int,
        known: tuple[str, ...],
        days: dict[str, dict[str, SampledDay]],
        sampled: str | None = None,
        sets: dict[str, str] | None = None,
        others: dict[str, str] | None = None,
    ) -> SampleRecord:
        return SampleRecord(
            number=self._number,
            most=self._most,
            login_types=self._login_types,
            users=users,
            known=known,
            sampled=sampled,
            sets=sets or {},
            others=others or {},
            days=days,
        )

    def _known(self) -> tuple[int, tuple[str, ...]]:
        """How many users there are, and the files with their mpids; the new ones stay in `seen_anew`."""
        known = () if self._before is None else self._before.known
        users = 0 if self._before is None else self._before.users
        if known:
            self._run(sample_sql.KNOWN, files=self._own(*known))
        changed = [
            path for table in TABLES for day in self._changed(table) for path in self._parts(table, day)
        ]
        if not changed:
            self._run(sample_sql.NEW, files=self._own(*known))
            return users, known
        self._run(sample_sql.NEW, files=changed)
        anew = self._number_of(sample_sql.NEW_COUNT)
        if anew:
            file = self._new_file("known")
            if len(known) + 1 < _KNOWN_FILES:
                self._run(sample_sql.WRITE_NEW, file)
                known = (*known, file)
            self._run(sample_sql.ADD_KNOWN)
            if file not in known:
                self._run(sample_sql.WRITE_KNOWN, file)
                known = (file,)
        return users + anew, known

    def _sampled(self) -> tuple[str, str]:
        """The file of the users in the sample, and the largest of their points."""
        before = None if self._before is None else self._before.sampled
        upto = None
        if before is not None:
            self._run(sample_sql.SAMPLED, files=self._own(before))
            upto = self._one(sample_sql.LARGEST)
        among = "known" if before is None else "seen_anew"
        self._connection.execute(sample_sql.CHOOSE.format(among=among), {"upto": upto, "most": self._most})
        file = self._new_file("sampled")
        self._run(sample_sql.WRITE_SAMPLED, file)
        return file, self._one(sample_sql.LARGEST)

    def _days(self, table: str, upto: str) -> dict[str, SampledDay]:
        changed = set(self._changed(table))
        found: dict[str, SampledDay] = {}
        for day, stamps in self._stamps[table].items():
            before = None if self._before is None else self._before.days[table].get(day)
            if before is not None and before.file is not None and day not in changed:
                found[day] = before if self._has_same_logins else replace(before, others={})
                continue
            file = self._new_file(f"{table}/day={day}")
            parts = self._parts(table, day)
            self._run(sample_sql.WRITE_DAY, file, _words(table), files=parts)
            bears_logins = self._connection.execute(sample_sql.BEARS_LOGINS, {"files": parts}).fetchall()[0][
                0
            ]
            found[day] = SampledDay(stamps, file, upto, bears_logins)
        return found

    def _others(
        self, days: dict[str, dict[str, SampledDay]]
    ) -> tuple[dict[str, str], dict[str, str], dict[str, dict[str, SampledDay]]]:
        """The files of the sets and of the rows of other mpids, and the days with their part of these."""
        own = {
            table: self._own(*(day.file for day in days[table].values() if day.file is not None))
            for table in TABLES
        }
        for table in TABLES:
            values = {"days": list(days[table]), "upto": [day.upto for day in days[table].values()]}
            self._connection.execute(sample_sql.DAYS.format(table=table), values)
            self._run(sample_sql.LAKE, parts={"table": table})
            self._run(sample_sql.NO_OTHERS, parts={"table": table}, files=own[table][:1])
        values = {**own, "login_types": list(self._login_types)}
        sets: dict[str, str] = {}
        found = dict(days)
        for known, kinds in sample_sql.OTHERS:
            sets[known.name] = self._grown(known, {name: values[name] for name in known.takes})
            for kind in kinds:
                taken = {name: values[name] for name in kind.takes}
                found[kind.table] = self._with_others(kind, found[kind.table], taken)
                files = self._own(
                    *(day.others[kind.name] for day in found[kind.table].values() if kind.name in day.others)
                )
                if files:
                    self._run(sample_sql.ADD_OTHERS, parts={"table": kind.table}, files=files)
        written: dict[str, str] = {}
        for table in TABLES:
            written[table] = self._new_file("others", f"{table}-{self._number}.parquet")
            self._run(sample_sql.WRITE_OTHERS, written[table], {"table": table, **_words(table)})
        return sets, written, found

    def _grown(self, known: sample_sql.Known, values: dict[str, Any]) -> str:
        """The file of a set; it stays in the table of its name."""
        parts = known.parts()
        self._run(sample_sql.NO_SET, parts=parts)
        before = self._before.sets if self._before is not None and self._has_same_logins else {}
        if known.name in before:
            self._run(sample_sql.READ_SET, parts=parts, files=self._own(before[known.name]))
        self._run(sample_sql.GROW_SET, parts=parts, **values)
        file = self._new_file(known.name)
        self._run(sample_sql.WRITE_SET, file, parts)
        return file

    def _with_others(
        self, kind: sample_sql.OtherRows, days: Mapping[str, SampledDay], values: dict[str, Any]
    ) -> dict[str, SampledDay]:
        """The days with their rows of a kind: those that are there, where nothing new of the set is in a day."""
        kept = {day for day, found in days.items() if kind.name in found.others}
        anew = {
            day
            for day, found in days.items()
            if day not in kept and (found.bears_logins or kind.name != "borne")
        }
        if kept:
            parts = {"table": kind.table, "condition": kind.condition.format(which="where is_new")}
            paths = [path for day in sorted(kept) for path in self._parts(kind.table, day)]
            query = sample_sql.DAYS_OF_NEW.format(**parts)
            rows = self._connection.execute(query, {"files": paths, **values}).fetchall()
            anew.update(day for (day,) in rows)
        if kind.beside is not None:
            anew |= {day for day, found in days.items() if self._is_new(found.others.get(kind.beside))}
        parts = {"table": kind.table, "condition": kind.condition.format(which="")}
        found_days = dict(days)
        for day in sorted(anew):
            file = self._new_file("others", f"{kind.table}-{kind.name}-{day}-{self._number}.parquet")
            self._run(
                sample_sql.WRITE_OTHERS_OF_DAY, file, parts, files=self._parts(kind.table, day), **values
            )
            found_days[day] = replace(found_days[day], others={**found_days[day].others, kind.name: file})
        return found_days

    def _is_new(self, file: str | None) -> bool:
        return file is not None and file.endswith(f"-{self._number}.parquet")

    def _changed(self, table: str) -> list[str]:
        before = {} if self._before is None else self._before.days[table]
        return [
            day
            for day, stamps in self._stamps[table].items()
            if day not in before or before[day].stamps != stamps
        ]

    def _parts(self, table: str, day: str) -> list[str]:
        folder = self._lake / table / f"day={day}"
        return [str(folder / name) for name, _, _ in self._stamps[table][day]]

    def _own(self, *names: str) -> list[str]:
        return [str(self._folder / name) for name in names]

    def _new_file(self, folder: str, name: str | None = None) -> str:
        (self._folder / folder).mkdir(parents=True, exist_ok=True)
        return f"{folder}/{name or f'{self._number}.parquet'}"

    def _run(
        self, statement: str, file: str | None = None, parts: dict[str, Any] | None = None, **values: Any
    ) -> None:
        """Run a statement whose words of ours are `parts`, and whose target, if it has one, is a file of the sample."""
        if file is not None or parts:
            target = "" if file is None else str(self._folder / file).replace("'", "''")
            statement = statement.format(file=target, **(parts or {}))
        self._connection.execute(statement, values or None)

    def _one(self, query: str) -> Any:
        return self._connection.execute(query).fetchall()[0][0]

    def _number_of(self, query: str) -> int:
        return int(self._one(query))


def _words(table: str) -> dict[str, Any]:
    """Columns, order and size of row groups of a table, as the lake has them."""
    schema, order = _ORDERS[table]
    return {
        "columns": ", ".join(schema.names),
        "order": ", ".join(f"{name} nulls first" for name in order),
        "row_group": _ROW_GROUP,
    }
