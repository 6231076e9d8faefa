"""What is held back, let go, sent anew, and sent again before it expires."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from exports.brakes import inputs_without_data
from exports.connections import Outcome, deliver_connection
from exports.ledger.ledger import Ledger
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import NOW, dispatch
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

DAY = timedelta(days=1)


@dataclass
class Shop:
    """An audience of people with an address and a device each, delivered day by day."""

    folder: Path
    partner: str = "json_lines"
    mode: str = "delta"
    identities: tuple[str, ...] | None = None
    name: str = "lapsed"
    as_of: datetime = AS_OF
    missing: frozenset[str] = frozenset()
    options: tuple[tuple[str, str], ...] = ()
    extra: set[tuple[int, str, str]] = field(default_factory=set)

    def deliver(self, members: set[int]) -> Outcome:
        """The day's delivery; the next one is of the next day."""
        identities = {(mpid, "email", f"user{mpid}@example.com") for mpid in range(400)}
        identities |= {(mpid, "customer_id", f"C-{mpid}") for mpid in range(400)}
        device = "00000000-0000-4000-8000-{:012d}"
        identities |= {(mpid, "ios_advertising_id", device.format(mpid)) for mpid in range(400)}
        generation = publish(
            open_store(self.folder / "published"),
            publication(self.as_of, {"lapsed": members}, identities=identities | self.extra),
        )
        one = replace(connection("c", "lapsed", identities=self.identities), mode=self.mode)
        known = definitions(replace(audience("lapsed"), external_name=self.name), connections=(one,))
        [output] = known.outputs
        known = replace(known, outputs=(replace(output, partner=self.partner, options=self.options),))
        outcome = deliver_connection(
            known, one, generation, self.as_of, dispatch(self.folder, missing=self.missing)
        )
        self.as_of += DAY
        return outcome

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "ledger")

    def bodies(self, outcome: Outcome) -> list[Any]:
        """What was posted in a delivery, whatever file it is in."""
        return [
            json.loads(line)
            for file in outcome.files
            for line in (self.folder / "exports" / "c" / file.file_name).read_bytes().splitlines()
        ]


def test_a_mass_removal_is_held_until_it_is_accepted(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.deliver(set(range(300)))
    held = shop.deliver(set(range(100)))
    assert held.status == "faulted"
    [one] = held.audiences
    assert one.fault is not None
    assert (one.fault.reason, one.fault.since) == ("held", NOW)
    assert one.reason == "200 of 300 members would be removed, 67%, and `max_removal` is 50%"
    assert "milepost export c --accept" in one.fault.next_step
    assert shop.deliver(set(range(300))).status == "faulted", "it stays held, whatever the audience is now"
    shop.ledger.resume("c", accepts=False)
    assert shop.deliver(set(range(100))).status == "faulted"
    shop.ledger.resume("c", accepts=True)
    accepted = shop.deliver(set(range(90)))
    assert accepted.status == "delivered"
    assert [file.counts.removed for file in accepted.files] == [210]
    again = shop.deliver(set(range(5)))
    assert again.status == "delivered", "85 of 90 are fewer than a hundred"


@pytest.mark.parametrize("mode", ["full", "delta"])
@pytest.mark.parametrize(("left", "status"), [(100, "delivered"), (99, "faulted")])
def test_exactly_the_share_that_is_allowed_is_sent(mode: str, left: int, status: str, tmp_path: Path) -> None:
    shop = Shop(tmp_path, mode=mode)
    shop.deliver(set(range(200)))
    assert shop.deliver(set(range(left))).status == status


def test_a_full_list_that_replaces_is_held_too(tmp_path: Path) -> None:
    shop = Shop(tmp_path, partner="meta_csv", mode="full")
    shop.deliver(set(range(200)))
    assert shop.deliver(set(range(50))).status == "faulted"


def test_an_input_without_data_holds_a_delivery(tmp_path: Path) -> None:
    shop = Shop(tmp_path, missing=frozenset({"shop/web"}))
    outcome = shop.deliver({1})
    assert outcome.audiences[0].reason == "no events of the newest day came from `shop/web`"
    other = Shop(tmp_path / "other", missing=frozenset({"shop/till"}))
    assert other.deliver({1}).status == "delivered"


def test_what_is_held_leaves_nobody_in_the_outbox(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.deliver(set(range(300)))
    shop.deliver(set())
    assert not [path for path in (tmp_path / "outbox").rglob("*") if path.is_file()]


def test_members_are_sent_again_before_they_are_forgotten_there(tmp_path: Path) -> None:
    # The Trade Desk forgets after 30 days.
    shop = Shop(tmp_path, partner="trade_desk", identities=("ios_advertising_id",))
    assert [file.counts.rows for file in shop.deliver({1, 2}).files] == [2]
    assert shop.deliver({1, 2}).files == ()
    shop.as_of = AS_OF + 10 * DAY
    assert [file.counts.rows for file in shop.deliver({1, 2, 3}).files] == [1]
    shop.as_of = AS_OF + 15 * DAY
    assert [file.counts.rows for file in shop.deliver({1, 2, 3}).files] == [2]
    shop.as_of = AS_OF + 24 * DAY
    assert shop.deliver({1, 2, 3}).files == ()
    assert [file.counts.rows for file in shop.deliver({1, 2, 3}).files] == [1]


def test_a_list_that_is_known_by_its_name_is_taken_back_under_the_old_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path, partner="braze")
    shop.deliver({1, 2})
    shop.name = "Gone quiet"
    outcome = shop.deliver({2, 3})
    written = sorted((tmp_path / "exports" / "c").glob("lapsed_20180102*.requests.jsonl"))
    bodies = [json.loads(path.read_bytes())["body"]["attributes"] for path in written]
    assert [
        sorted(
            (row["external_id"], name, value)
            for row in body
            for name, value in row.items()
            if name != "external_id"
        )
        for body in bodies
    ] == [
        [("C-1", "In lapsed", False), ("C-2", "In lapsed", False)],
        [("C-2", "In Gone quiet", True), ("C-3", "In Gone quiet", True)],
    ]
    assert outcome.status == "delivered"
    assert shop.deliver({2, 3}).files == ()


def test_a_resync_sends_everything_and_empties_first_where_it_is_asked_to(tmp_path: Path) -> None:
    shop = Shop(tmp_path, identities=("email",))
    shop.deliver({1, 2})
    shop.ledger.resync("c", empties_first=False)
    told = [one["IsAddRequest"] for one in shop.bodies(shop.deliver({2, 3}))]
    assert told == [True, True]
    shop.ledger.resync("c", empties_first=True)
    shop.as_of -= DAY
    shop.deliver({2, 3})
    emptied, filled = (
        [json.loads(line) for line in path.read_bytes().splitlines()]
        for path in sorted((tmp_path / "exports" / "c").glob("lapsed_20180102*again*.jsonl"))
    )
    assert [one["IsAddRequest"] for one in emptied] == [False, False]
    assert [one["IsAddRequest"] for one in filled] == [True, True]


def test_who_is_sent_one_more_device_now_and_then_does_not_expire_with_the_first(tmp_path: Path) -> None:
    shop = Shop(tmp_path, partner="google_data_manager", identities=("ios_advertising_id",))
    sent = []
    # Members are forgotten after 540 days, and sent again after half of that.
    for day, device in ((0, "a"), (200, "b"), (460, "c"), (461, "c")):
        shop.as_of = AS_OF + day * DAY
        shop.extra |= {(1, "ios_advertising_id", device * 8 + "-0000-4000-8000-000000000000")}
        bodies = [request["body"] for request in shop.bodies(shop.deliver({1}))]
        members = [member for body in bodies for member in body["audienceMembers"]]
        sent.append(sorted(member["mobileData"]["mobileIds"][0][0] for member in members))
    assert sent == [["0", "a"], ["b"], ["c"], ["0", "a", "b", "c"]]


def test_a_shared_address_stays_while_somebody_has_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, partner="tiktok", identities=("email",))
    shop.extra = {(500, "email", "user1@example.com")}
    shop.deliver({1, 2, 500})
    assert shop.deliver({2, 500}).files == ()
    [removed] = shop.bodies(shop.deliver({2}))
    assert removed["body"]["action"] == "delete"
    assert len(removed["body"]["batch_data"]) == 1


def test_only_an_input_that_is_filled_daily_can_miss_a_day(tmp_path: Path) -> None:
    import duckdb

    newest = AS_OF.date() - DAY
    days = {"daily": range(1, 8), "late": range(1, 7), "whole": range(8)}
    for back in range(8):
        folder = tmp_path / "events" / f"day={newest - back * DAY}"
        folder.mkdir(parents=True)
        names = [name for name, held in days.items() if back in held]
        with duckdb.connect() as engine:
            engine.sql(
                "select 'shop' as workspace, unnest($names) as input", params={"names": names}
            ).write_parquet(str(folder / "part-0.parquet"))
    assert inputs_without_data(tmp_path, AS_OF, tmp_path / "spill") == {"shop/daily"}
    assert inputs_without_data(tmp_path, AS_OF + timedelta(hours=5), tmp_path / "spill") == {"shop/daily"}
    assert inputs_without_data(tmp_path / "none", AS_OF, tmp_path / "spill") == frozenset()
