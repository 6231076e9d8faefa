"""What a partner file costs, against the engine's own digests of the same identifiers, and a delta against a full file.

`python -m tests.benchmarks.exports [--members 1000000] [--memory]` writes a Meta file of members with an address and a phone
number each, and prints the ratio to `copy (select sha256(lower(trim(…))))` of the same data, the best of three. Then it
prepares requests to Meta's API: of everybody, and a day later of those who changed, 1 % of the members, half of whom left.
Seconds are those of processors: other work on the machine counts for nothing. `--memory` does the same once of as many
and of ten times as many, and prints the ratio of the most memory.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from exports.ledger.ledger import Ledger
from exports.ledger.records import ReceivedAudience
from exports.partners.meta import META, META_CSV
from exports.prepare import Prepared, prepare
from exports.request import ExportRequest
from exports.send import record
from tests.benchmarks.measuring import measured
from tests.benchmarks.results import Result
from tests.support.exports import write_export
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from transforms.audiences.generations import Generation

_TIMES = 3
DAY = timedelta(days=1)
_IDENTITIES = """
copy (
    select
        mpid,
        identity_type,
        case identity_type
            when 'email' then 'User.' || mpid || '@Example' || (mpid % 1000) || '.com'
            else '+1' || (6500000000 + mpid)
        end as identity_value
    from range($members) as member (mpid), (values ('email'), ('mobile_number')) as kind (identity_type)
    order by mpid, identity_type
) to '{path}' (format parquet)
"""
_MEMBERS = """
copy (
    select $as_of::timestamp as as_of, 'all' as audience_id, mpid, null::varchar as variant
    from range($first, $last) as member (mpid)
) to '{path}' (format parquet)
"""
_YARDSTICK = """
copy (
    select sha256(lower(trim(identity_value))), identity_type from read_parquet('{identities}')
) to '{path}'
"""


def compared(members: int, folder: Path, times: int = _TIMES) -> tuple[float, float, int]:
    """Seconds of a Meta file, and of the yardstick; megabytes that the file took."""
    generation = _generation(members, folder, AS_OF, range(members))
    [file] = META_CSV.files
    request = ExportRequest("all", None, AS_OF, META_CSV, file, "All")
    _forget_peak()
    ours = _best(times, lambda: write_export(generation, request, folder / "meta.csv"))
    megabytes = _peak()
    with duckdb.connect() as connection:
        statement = _YARDSTICK.format(identities=generation.identities_file, path=folder / "yardstick.csv")
        yardstick = _best(times, lambda: connection.execute(statement))
    return ours, yardstick, megabytes


def delta(members: int, folder: Path, times: int = _TIMES) -> tuple[float, float, int, int]:
    """Seconds of the requests of everybody, and of those of one member of a hundred, who left or joined; megabytes that
    each took.
    """
    first = _generation(members, folder, AS_OF, range(members))
    ledger = Ledger(folder / "ledger")
    file = META.files[1]
    whole = ExportRequest("all", None, AS_OF, META, file, "All", ("email", "mobile_number"), mode="delta")
    nobody = ReceivedAudience("all")

    def prepared(generation: Generation, request: ExportRequest, known: ReceivedAudience) -> Prepared:
        return prepare((request,), generation, "c", (), known, ledger, folder / "outbox")

    _forget_peak()
    full = _best(times, lambda: prepared(first, whole, nobody))
    megabytes_of_all = _peak()
    delivery = prepared(first, whole, nobody).delivery
    assert delivery is not None
    known = record(delivery, "c", nobody, ledger, by_requests=False, now=AS_OF)
    half = members // 200
    second = _generation(members, folder, AS_OF + DAY, range(half, members + half))
    some = replace(whole, as_of=AS_OF + DAY)
    _forget_peak()
    changed = _best(times, lambda: prepared(second, some, known))
    megabytes = _peak()
    [manifest] = prepared(second, some, known).manifests
    assert (manifest.counts.rows, manifest.counts.removed) == (half, half)
    return full, changed, megabytes_of_all, megabytes


def _generation(members: int, folder: Path, as_of: datetime, mpids: range) -> Generation:
    """Identities of all mpids, and `mpids` as the members; identities of 1 % more than `members`."""
    generation = publish(open_store(folder / "published"), publication(as_of, {"all": {1}}))
    with duckdb.connect() as connection:
        for statement, path, parameters in (
            (_IDENTITIES, generation.identities_file, {"members": members + members // 100}),
            (
                _MEMBERS,
                generation.members_file(as_of),
                {"as_of": as_of, "first": mpids.start, "last": mpids.stop},
            ),
        ):
            path.unlink()
            connection.execute(statement.format(path=path), parameters)
    return generation


def _best(times: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(times):
        before = time.process_time()
        work()
        seconds.append(time.process_time() - before)
    return min(seconds)


def _forget_peak() -> None:
    """Let Linux forget the most memory that this process has had: the data of the benchmark takes more than the work."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """The most megabytes since then."""
    [line] = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def exported(members: int) -> Iterator[Result]:
    """The rows of the benchmark, each measured in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        ours, yardstick, megabytes = measured(compared, members, Path(folder)).value
    what = f"a Meta file of {members:,} members, of the engine's own digests (CPU)"
    yield Result(what, ours, yardstick, megabytes, most=2)
    with tempfile.TemporaryDirectory() as folder:
        full, changed, _, megabytes = measured(delta, members, Path(folder)).value
    yield Result(
        f"requests of the 1 % who changed of {members:,}, of those of all (CPU)",
        changed,
        full,
        megabytes,
        most=0.25,
    )


def remembered(less: int, more: int) -> Iterator[Result]:
    """The memory of files and of changes of many members, of that of few."""
    files, firsts, changes = zip(*(_megabytes(members) for members in (less, more)), strict=True)
    for what, (of_less, of_more) in (
        ("a Meta file", files),
        ("requests of all", firsts),
        ("requests of the 1 % who changed", changes),
    ):
        said = f"{what}, {more:,} members: its memory, of that of {less:,}"
        yield Result(said, megabytes=of_more, of_megabytes=of_less, most=1.3)


def _megabytes(members: int) -> tuple[int, int, int]:
    with tempfile.TemporaryDirectory() as folder:
        _, _, of_file = measured(compared, members, Path(folder), 1).value
    with tempfile.TemporaryDirectory() as folder:
        _, _, of_all, of_changes = measured(delta, members, Path(folder), 1).value
    return of_file, of_all, of_changes


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    members = options.members
    for result in remembered(members, 10 * members) if options.memory else exported(members):
        print(result.line(), flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()
