"""Who was a member before an instant, and since when: what the criterion `member_since` reads (spec §4.4, §8).

The membership at the instant itself is being computed, so only those stored for earlier instants count: a run that
is run again sees what it saw the first time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from transforms.audiences.memberships import MEMBERS
from transforms.audiences.since import batches, calculated_at
from transforms.criteria.language import audiences_by_since
from transforms.durable import replacing
from transforms.engine import calculator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from transforms.definitions.records import Audience, Definitions, Project

#: The table that `find_earlier_members` makes, with the columns `audience_id`, `mpid` and `since`.
EARLIER_MEMBERS = "found_earlier_members"
_RUNS = "create or replace temp table runs_of_members (audience_id varchar, mpid bigint, since timestamp)"
_OPEN = "create or replace temp table open_runs as {chosen}"
_NOBODY = "select null::bigint as mpid where false"
_UNBROKEN = "select mpid from read_runs where length = $instants"
# A run reaches back as long as the next older as_of follows: its place among all is that among those of the user.
_READ = """
create or replace temp table read_runs as
with held as (
    select mpid, as_of, list_position($instants, as_of) as place
    from read_parquet($files, hive_partitioning = false)
    where audience_id = $stored_as and ($mpid is null or mpid = $mpid)
        and ($is_newest or mpid in (select open_runs.mpid from open_runs))
),
placed as (
    select mpid, as_of, place, row_number() over (partition by mpid order by place) as own_place from held
)
select mpid, min(as_of) as since, count(*) as length from placed where place = own_place group by mpid
"""
_ADD = "insert into runs_of_members select $audience, mpid, since from read_runs"
_FOUND = """
create or replace table found_earlier_members as
select audience_id, mpid, min(since) as since from runs_of_members group by audience_id, mpid
"""
_WRITE = "copy (from found_earlier_members order by audience_id, mpid) to '{path}' (format parquet, compression zstd)"


def find_earlier_members(
    connection: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    audience_ids: Iterable[str],
    stored: Mapping[datetime, Path],
    as_of: datetime,
    *,
    mpid: int | None = None,
) -> None:
    """Make the table EARLIER_MEMBERS: of each audience whose members' since the criteria of `audience_ids` compare,
    who was in it at the newest stored as_of before `as_of` at which it was calculated, and since when.

    `stored` gives each as_of and its folder of memberships. Those older than `membership_history` before `as_of` do
    not count, whether they were removed yet or not. With an `mpid` of that user alone.
    """
    oldest = _oldest(definitions.project, as_of)
    before = {at: folder for at, folder in stored.items() if at < as_of and (oldest is None or at >= oldest)}
    connection.execute(_RUNS)
    for audience in _compared_by_since(definitions, audience_ids):
        _find_runs(connection, audience, before, mpid)
    connection.execute(_FOUND)


def write_earlier_members(
    path: Path,
    definitions: Definitions,
    audience_ids: Iterable[str],
    stored: Mapping[datetime, Path],
    as_of: datetime,
    spill: Path,
) -> None:
    """Write what `find_earlier_members` finds as parquet, in one step."""
    with calculator(spill) as connection, replacing(path) as temporary:
        find_earlier_members(connection, definitions, audience_ids, stored, as_of)
        connection.execute(_WRITE.format(path=str(temporary).replace("'", "''")))


def _compared_by_since(definitions: Definitions, audience_ids: Iterable[str]) -> list[Audience]:
    criteria = (definitions.audience(audience_id).criteria for audience_id in audience_ids)
    named = (audiences_by_since(criterion) for criterion in criteria if criterion is not None)
    ids = {reference.audience for references in named for reference in references}
    return [definitions.audience(audience_id) for audience_id in sorted(ids)]


def _find_runs(
    connection: duckdb.DuckDBPyConnection,
    audience: Audience,
    stored: Mapping[datetime, Path],
    mpid: int | None,
) -> None:
    names = [audience.id] if audience.formerly is None else [audience.id, audience.formerly]
    is_newest = True
    connection.execute(_OPEN.format(chosen=_NOBODY))
    for stored_as, folders in batches(calculated_at(stored, names)):
        values = {
            "instants": [at for at, _ in folders],
            "files": [str(folder / MEMBERS) for _, folder in folders],
            "stored_as": stored_as,
            "mpid": mpid,
            "is_newest": is_newest,
        }
        connection.execute(_READ, values)
        connection.execute(_ADD, {"audience": audience.id})
        connection.execute(_OPEN.format(chosen=_UNBROKEN), {"instants": len(folders)})
        (still_open,) = connection.execute("select count(*) from open_runs").fetchone() or (0,)
        if not still_open:
            return
        is_newest = False


def _oldest(project: Project, as_of: datetime) -> datetime | None:
    history = project.membership_history
    return None if history is None else as_of - timedelta(microseconds=history.microseconds)
