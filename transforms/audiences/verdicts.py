"""Whether one user is in an audience: by what is stored, and by what a run would now give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.audiences.since import member_since
from transforms.engine import calculator

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.generations import Generation
    from transforms.audiences.memberships import CalculatedAudience
    from transforms.audiences.workbench import Workbench
    from transforms.definitions.records import Audience

_STORED = """
select audience_id, variant from read_parquet($members, hive_partitioning = false) where mpid = $mpid
"""


@dataclass(frozen=True)
class Verdict:
    """In or out, with the variant of a member where a test runs. `is_calculated`: stored, not worked out now."""

    is_member: bool
    variant: str | None
    is_calculated: bool


@dataclass(frozen=True)
class Verdicts:
    """Those of one user at a stored as_of."""

    generation: Generation
    as_of: datetime
    mpid: int
    spill: Path
    workbench: Workbench

    def of(self, audience: Audience) -> Verdict:
        """The stored membership; where the audience was not calculated what a run would now give."""
        calculated = self.calculated(audience)
        return self.now(audience) if calculated is None else self.stored(calculated.id)

    def stored(self, audience_id: str) -> Verdict:
        """The membership stored under an id."""
        held = self._held
        return Verdict(audience_id in held, held.get(audience_id), is_calculated=True)

    def now(self, audience: Audience) -> Verdict:
        """What a run of this as_of would give, by the definitions and the lake as they are now."""
        members = self.workbench.members(audience.id)
        return Verdict(self.mpid in members, members.get(self.mpid), is_calculated=False)

    def calculated(self, audience: Audience) -> CalculatedAudience | None:
        """What is stored of an audience, under its own id or its former one."""
        stored = audience.stored_as(self._calculated)
        return None if stored is None else self._calculated[stored]

    def since(self, audience_id: str) -> datetime | None:
        """Since when the user is a member of what is stored under an id; None where they are not."""
        return member_since(self.generation, self.as_of, audience_id, self.mpid, self.spill)

    @cached_property
    def _calculated(self) -> dict[str, CalculatedAudience]:
        return self.generation.calculated(self.as_of)

    @cached_property
    def _held(self) -> dict[str, str | None]:
        values = {"members": str(self.generation.members_file(self.as_of)), "mpid": self.mpid}
        with calculator(self.spill) as connection:
            return dict(connection.execute(_STORED, values).fetchall())
