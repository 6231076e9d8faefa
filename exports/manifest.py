"""The manifest that stands beside a delivered file and says what it holds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from exports.ledger.records import instant
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from transforms.definitions.connection_records import Mode


@dataclass(frozen=True)
class Counts:
    """What became of the members of one file.

    `users`: members with at least one row. `rows`: distinct values, since two members may share an address.
    `dropped`: identities not sent, by reason; `without_identity` counts members, `repeated` the values that
    another row already holds, `without_key` those of members who lack what the partner knows a row by. Of a delta
    `rows` are those that join, `removed` those that leave, and what was dropped is of the members who changed. `withheld`: members
    and advertising ids that may not be sent, by reason; they are not among the `members`.
    """

    members: int
    users: int
    rows: int
    dropped: tuple[tuple[str, int], ...]
    removed: int = 0
    withheld: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class ExportManifest:
    """One delivered file. It holds no personal value, and nothing of the clock: same inputs, same bytes.

    `options` are those that the output sets, `user_attributes` the names of those that are sent. `least_rows`: with fewer rows the partner changes nothing.
    """

    file_name: str
    bytes: int
    sha256: str
    connection: str
    partner: str
    rules_version: str
    options: tuple[tuple[str, str], ...]
    audience_id: str
    audience_name: str
    variant: str | None
    as_of: datetime
    mode: Mode
    identities: tuple[str, ...]
    user_attributes: tuple[str, ...]
    least_rows: int
    counts: Counts

    @property
    def is_too_small(self) -> bool:
        """Whether the partner takes nothing of it, so that whoever left stays targeted.

        Of a delta it is the list that would be too small, not the file.
        """
        rows = self.counts.rows if self.mode == "full" else self.counts.users
        return rows < self.least_rows

    def to_bytes(self) -> bytes:
        """JSON, keys in a fixed order."""
        content = {
            **asdict(self),
            "options": dict(self.options),
            "as_of": iso(self.as_of),
            "counts": {
                **asdict(self.counts),
                "dropped": dict(self.counts.dropped),
                "withheld": dict(self.counts.withheld),
            },
        }
        return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def read_manifest(content: str) -> ExportManifest:
    """What `to_bytes` wrote."""
    known = json.loads(content)
    counts = known["counts"]
    return ExportManifest(
        **{
            **known,
            "options": tuple(known["options"].items()),
            "as_of": instant(known["as_of"]),
            "identities": tuple(known["identities"]),
            "user_attributes": tuple(known["user_attributes"]),
            "counts": Counts(
                **{
                    **counts,
                    "dropped": tuple(counts["dropped"].items()),
                    "withheld": tuple(counts["withheld"].items()),
                }
            ),
        }
    )
