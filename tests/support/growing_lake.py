"""A lake that grows: what is said and done in a world arrives in several ingests, some of it late."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.support.lake import make_event, make_statement, write_lake, write_part

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lake import Row

FIRST_DAY = datetime(2018, 1, 1)
_IDENTITIES = ("customer_id", "email", "push_token", "android_advertising_id", "ios_advertising_id")
_KINDS = (
    *("attribute", "identity", "identity", "consent", "device", "app", "location", "coordinates"),
    *("opt_out", "attribution", "seen"),
)
_LOGINS = tuple(f"customer_id:{name}" for name in "abcdefgh")
# A file's time of writing is told to the second: each ingest is as far from the next, and long ago.
_WRITTEN = datetime(2020, 1, 1).timestamp()


@dataclass
class GrowingLake:
    """The rows that were taken in so far, and the folder in which they lie.

    An ingest writes a day anew, or a further file beside those that it has: in turn.
    """

    folder: Path
    events: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)
    ingests: int = 0

    def take_in(self, events: list[Row], statements: list[Row]) -> None:
        """Add rows; the files of other days stay as they are."""
        if not self.ingests:
            write_lake(self.folder)
            for part in self.folder.rglob("*.parquet"):
                os.utime(part, (_WRITTEN,) * 2)
        self.ingests += 1
        self.events += events
        self.statements += statements
        for table, instant, new, known in (
            ("events", "event_at", events, self.events),
            ("users", "said_at", statements, self.statements),
        ):
            for day in {row[instant].date() for row in new}:
                folder = self.folder / table / f"day={day}"
                files = sorted(folder.glob("*.parquet"))
                grows = bool(files) and (day.toordinal() + self.ingests) % 3 > 0
                for file in () if grows else files:
                    file.unlink()
                rows = [row for row in (new if grows else known) if row[instant].date() == day]
                part = write_part(folder, table, rows, len(files) if grows else 0)
                os.utime(part, (_WRITTEN + self.ingests * 60,) * 2)


@dataclass
class World:
    """Draws what arrives. Instants are quarters of a day, so that many things are said of one user at one."""

    seed: int
    days: int

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._drawn = 0

    def arrivals(self, since: datetime, until: datetime, count: int) -> tuple[list[Row], list[Row]]:
        """Events and statements: most are from that time, some from any time since the first day."""
        events = [self._event(self._instant(since, until)) for _ in range(count)]
        records = [self._record(self._instant(since, until)) for _ in range(count)]
        return events, [row for record in records for row in record]

    def _instant(self, since: datetime, until: datetime) -> datetime:
        if self._random.random() < 0.2:
            since, until = FIRST_DAY, FIRST_DAY + timedelta(days=self.days)
        drawn = since + self._random.random() * (until - since)
        return drawn.replace(hour=drawn.hour // 6 * 6, minute=0, second=0, microsecond=0)

    def _who(self) -> Row:
        """Of whom a record tells; one without mpid lies under the digest of its login identity."""
        if self._random.random() < 0.3:
            login = self._random.choice(_LOGINS)
            return {"mpid": -1000 - _LOGINS.index(login), "login_identity": login}
        return {"mpid": self._random.randrange(8)}

    def _written(self, instant: datetime) -> Row:
        self._drawn += 1
        workspace = self._random.choice(("shop", "pos"))
        return {
            **self._who(),
            "workspace": workspace,
            "input": f"{workspace}/{self._random.choice('ab')}",
            "environment": self._random.choice(("production",) * 6 + ("development",)),
            "received_at": instant + timedelta(hours=self._random.randrange(2)),
            "source_path": f"{self._random.randrange(3)}.json",
            "source_line": self._drawn,
        }

    def _event(self, instant: datetime) -> Row:
        kind = self._random.choice(
            (
                {},
                {"event_type": "uninstall", "event_name": None},
                {"event_name": "attribution", "custom_type": "Attribution"},
            )
        )
        attributes = [
            (name, self._random.choice(("x", "y", "")))
            for name in ("publisher", "Publisher", "campaign")
            if self._random.random() < 0.5
        ]
        written = self._written(instant)
        return make_event(
            event_at=instant, event_id=f"e{self._drawn}", attributes=attributes, **kind, **written
        )

    def _record(self, instant: datetime) -> list[Row]:
        """What one record says, some of it from another instant: events that tell of a user have their own."""
        written = self._written(instant)
        rows = []
        for position in range(self._random.randrange(1, 5)):
            said = self._statement()
            is_earlier = said["statement"] in ("identity", "attribute") and self._random.random() < 0.3
            said_at = instant - timedelta(hours=30) if is_earlier else instant
            rows.append(make_statement(**written, **said, position=position, said_at=said_at))
        return rows

    def _statement(self) -> Row:
        draw = self._random
        kind = draw.choice(_KINDS)
        value = draw.choice(("u", "v", "w"))
        is_removed = draw.random() < 0.25
        said: dict[str, Row] = {
            "attribute": {
                "name": draw.choice(("plan", "Plan", "age", "tag")),
                "value": None if is_removed else value,
                "is_removed": is_removed,
            },
            "identity": {
                "name": draw.choice(_IDENTITIES),
                "value": None if is_removed else draw.choice("abcdefgh"),
                "is_removed": is_removed,
            },
            "consent": {
                "name": draw.choice(("gdpr", "GDPR", "ccpa")),
                "purpose": draw.choice((None, "ads", "Ads")),
                "consented": draw.random() < 0.5,
                "is_removed": is_removed,
            },
            "device": {
                "value": draw.choice(("d1", "d2")),
                "fields": self._fields("os", "os_version", "brand", "limit_ad_tracking", "carrier"),
            },
            "app": {"fields": self._fields("version", "build")},
            "location": {"fields": self._fields("country", "city", "dma")},
            "coordinates": {"fields": [("latitude", draw.choice(("1", "2", "x"))), ("longitude", "3")]},
            "opt_out": {"value": draw.choice(("true", "False", "maybe"))},
            "attribution": {
                "name": draw.choice(("install", "uninstall")),
                "fields": self._fields("publisher", "campaign", "source"),
                "is_removed": is_removed,
            },
            "seen": {},
        }
        return {"statement": kind, **said[kind]}

    def _fields(self, *names: str) -> list[tuple[str, str | None]]:
        values = {"source": ("event", "batch")}
        return [
            (name, self._random.choice((None, *values.get(name, ("1", "2")))))
            for name in names
            if self._random.random() < 0.6
        ]
