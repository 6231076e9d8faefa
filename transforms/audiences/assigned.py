"""Who was ever assigned to a variant of an A/B test, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.audiences.since import stored_under
from transforms.engine import calculator
from transforms.errors import failure
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from transforms.audiences.generations import Generation
    from transforms.definitions.records import AbTest

# hive_partitioning is off: the folder's name would hide the column as_of.
_ASSIGNED = """
with runs as (select unnest($as_ofs) as as_of, unnest($audiences) as audience_id)
select mpid, arg_min(variant, as_of) as variant, min(as_of) as entered_at
from read_parquet($files, hive_partitioning = false) join runs using (as_of, audience_id)
where audience_id in (select unnest($audiences)) and variant is not null
group by mpid
"""


@dataclass(frozen=True)
class Assigned:
    """Everybody who was a member while one test ran.

    `users` has a row for each: `mpid`, `variant`, and `entered_at`, the first stored as_of at which the user was a
    member under the test (UTC). Who has left since is among them: whoever was assigned counts to the end, or the
    arms would no longer be alike. `as_ofs` are those at which the test ran, the oldest first.
    """

    test: AbTest
    as_ofs: tuple[datetime, ...]
    users: pa.Table

    @property
    def counts(self) -> dict[str, int]:
        """How many were assigned to each variant that has any."""
        grouped = self.users.group_by("variant").aggregate([([], "count_all")])
        return dict(zip(grouped["variant"].to_pylist(), grouped["count_all"].to_pylist(), strict=True))


def assigned(generation: Generation, as_of: datetime, stored_as: str, spill: Path) -> Assigned:
    """Who was assigned by the test that ran at `as_of`, at it or at any stored as_of before.

    A test of the same name, shares and order is the same. A failure (exit status 1) where none ran at `as_of`.
    """
    test = generation.calculated(as_of)[stored_as].test
    if test is None:
        raise failure(
            "no-test",
            f"`{stored_as}` ran no A/B test at {iso(as_of)}",
            hint="give it an `ab_test` and run it, or choose another instant with --as-of",
        )
    runs = [
        (at, audience_id)
        for at, audience_id in reversed(stored_under(generation, as_of, stored_as))
        if generation.calculated(at)[audience_id].test == test
    ]
    values = {
        "as_ofs": [at for at, _ in runs],
        "audiences": [audience_id for _, audience_id in runs],
        "files": [str(generation.members_file(at)) for at, _ in runs],
    }
    with calculator(spill, keeps_order=False) as connection:
        users = connection.sql(_ASSIGNED, params=values).to_arrow_table()
    return Assigned(test, tuple(at for at, _ in runs), users)
