"""Deltas posted to partners that break off, refuse and forget, by processes that are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from exports.connections import Outcome, deliver_connection
from exports.delivery.backoff import Patience
from exports.delivery.http import Api
from exports.ledger.ledger import Ledger
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import NOW, dispatch
from tests.support.partner_model import Step
from tests.support.partner_server import PartnerServer, partner_server
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.records import Definitions

DAY = timedelta(days=1)
#: Partner, its options, and the one identity type that is sent as it is.
PARTNERS = {
    "meta": ((("upload", "add"),), "customer_id"),
    "braze": ((), "customer_id"),
    "iterable": ((("project", "user_id"),), "customer_id"),
    "trade_desk": ((), "ios_advertising_id"),
}
WITH_ATTRIBUTES = ("braze", "iterable")


def posting_to(server: PartnerServer, name: str) -> Definitions:
    options, kind = PARTNERS[name]
    names = ("plan", "ltv") if name in WITH_ATTRIBUTES else ()
    one = connection("c", "lapsed", identities=(kind,), user_attributes=names)
    one = replace(one, mode="delta", max_removal=1.0)
    known = definitions(audience("lapsed"), connections=(one,))
    [output] = known.outputs
    output = replace(output, partner=name, options=options, destination=server.destination)
    return replace(known, outputs=(output,))


def value_of(name: str, mpid: int) -> str:
    return f"C-{mpid}" if PARTNERS[name][1] == "customer_id" else f"00000000-0000-4000-8000-{mpid:012d}"


def deliver(folder: Path, server: PartnerServer, name: str, as_of: datetime) -> Outcome:
    """The turn of the connection, with what is published."""
    generation = open_store(folder / "published").current()
    assert generation is not None

    def session() -> Api:
        patience = Patience(lambda _: None, attempts=2)
        return Api(server.partner, server.destination, None, server.secrets, patience, lambda: NOW)

    known = posting_to(server, name)
    return deliver_connection(
        known, known.connections[0], generation, as_of, dispatch(folder, session=session)
    )


#: Delivers, and kills itself at the moment whose number it is given: before a rename, a write to the progress or a post.
DELIVERER = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from tests.support.partner_server import PartnerServer
from tests.unit.exports.test_posted_deltas import deliver

folder, name, address, as_of, left = sys.argv[1:]
left = int(left)

def at(event, arguments):
    global left
    is_note = event == "open" and str(arguments[0]).endswith("progress.jsonl") and "a" in str(arguments[1])
    if event in ("os.rename", "socket.connect") or is_note:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(at)
deliver(Path(folder), PartnerServer(name, address), name, datetime.fromisoformat(as_of))
"""


def killed(folder: Path, server: PartnerServer, name: str, as_of: datetime, at: int) -> bool:
    """Whether a process that delivers was killed at that moment; it may end before."""
    command = [sys.executable, "-c", DELIVERER, str(folder), name, server.address, as_of.isoformat(), str(at)]
    done = subprocess.run(command, check=False, cwd=Path(__file__).parents[3], env=os.environ)
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


@dataclass
class World:
    folder: Path
    name: str
    server: PartnerServer
    random: random.Random
    as_of: datetime = AS_OF
    members: set[int] = field(default_factory=set)
    attributes: dict[str, dict[int, str]] = field(default_factory=lambda: {"plan": {}, "ltv": {}})

    def change(self) -> None:
        self.members ^= {mpid for mpid in range(1, 160) if self.random.random() < 0.3}
        for mpid in range(1, 160):
            if self.random.random() < 0.2:
                self.attributes["plan"][mpid] = self.random.choice(("free", "pro", f"C-{mpid + 1}"))
            if self.random.random() < 0.2:
                self.attributes["ltv"][mpid] = str(self.random.randrange(10_000) / 100)
        self.publish()

    def publish(self) -> None:
        identities = {(mpid, PARTNERS[self.name][1], value_of(self.name, mpid)) for mpid in range(1, 160)}
        publish(
            open_store(self.folder / "published"),
            publication(
                self.as_of,
                {"lapsed": self.members},
                identities=identities,
                attributes=tuple(
                    (mpid, "plan", plan) for mpid, plan in sorted(self.attributes["plan"].items())
                ),
                calculated={"ltv": self.attributes["ltv"]},
            ),
        )

    def deliver(self) -> Outcome:
        return deliver(self.folder, self.server, self.name, self.as_of)

    def resume(self) -> None:
        Ledger(self.folder / "ledger").resume("c", accepts=True)

    @property
    def held(self) -> set[str]:
        """What the partner has, over its lists."""
        lists = self.server.state().lists
        return {value for one in lists.values() for value in one["identifiers"]}

    @property
    def wanted(self) -> set[str]:
        return {value_of(self.name, mpid) for mpid in self.members}

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        """What the partner knows of the members."""
        found = self.server.state().attributes
        return {value: found[value] for value in self.wanted if found.get(value)}

    @property
    def known(self) -> dict[str, dict[str, Any]]:
        """What it should know."""
        if self.name not in WITH_ATTRIBUTES:
            return {}
        plans, values = self.attributes["plan"], self.attributes["ltv"]
        known = {
            value_of(self.name, mpid): {
                **({"plan": plans[mpid]} if mpid in plans else {}),
                **({"ltv": float(values[mpid])} if mpid in values else {}),
            }
            for mpid in self.members
        }
        return {value: said for value, said in known.items() if said}


@pytest.fixture(params=PARTNERS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with partner_server(request.param) as server:
        yield World(tmp_path, request.param, server, random.Random(7))


def settle(world: World) -> None:
    """Deliver until nothing is left to be sent of the newest day."""
    for _ in range(4):
        outcome = world.deliver()
        if outcome.status == "faulted":
            world.resume()
        elif outcome.status in ("delivered", "not_forward"):
            if (
                Ledger(world.folder / "ledger").last_delivered("c") == world.as_of
                and outcome.status == "not_forward"
            ):
                return
            if outcome.status == "delivered":
                return
    raise AssertionError("it does not settle")


def test_after_faults_of_every_kind_the_list_is_the_audience(world: World) -> None:
    steps = (
        (Step(status=500), Step(status=500)),
        (Step(status=429, headers={"Retry-After": "7"}),),
        (Step(status=400, body={"message": "bad"}),),
        (Step(breaks="before", takes=True), Step(breaks="before")),
        (Step(), Step(status=400, body={"message": "bad"})),
        (Step(), Step(), Step(status=503), Step(status=503)),
        (Step(breaks="middle"), Step(breaks="middle")),
    )
    for step in steps:
        world.change()
        world.server.script(*step)
        world.deliver()
        world.server.script()
        world.resume()
        if world.random.random() < 0.5:
            world.as_of += DAY
            world.change()
        settle(world)
        if (world.held, world.said) != (world.wanted, world.known):
            # What had been prepared before the last change arrived first; the change comes with the next as_of.
            world.as_of += DAY
            world.change()
            settle(world)
        assert world.held == world.wanted
        assert world.said == world.known
        world.as_of += DAY
    assert world.server.state().conflicting == 0


def test_a_delivery_killed_at_any_moment_is_ended_by_the_next_one(world: World) -> None:
    world.change()
    assert world.deliver().status == "delivered"
    moment, kills = 1, 0
    while moment < 14:
        world.as_of += DAY
        world.change()
        is_killed = killed(world.folder, world.server, world.name, world.as_of, moment)
        kills += is_killed
        settle(world)
        assert world.held == world.wanted
        assert world.said == world.known
        if not is_killed:
            break
        moment += 2
    assert kills >= 3
    state = world.server.state()
    assert state.conflicting == 0
    lists = [one for one in state.lists.values() if one["identifiers"]]
    assert len(lists) <= 1


def test_rows_that_were_refused_are_counted_and_not_received(tmp_path: Path) -> None:
    with partner_server("trade_desk") as server:
        world = World(tmp_path, "trade_desk", server, random.Random(3))
        world.change()
        invalid = sorted(world.wanted)[:3]
        server.script(invalid=invalid)
        assert world.deliver().status == "delivered"
        [received] = Ledger(tmp_path / "ledger").read("c").audiences
        [file] = received.files
        wanted = len(world.wanted)
        assert (file.attempted, file.accepted, file.rejected) == (wanted, wanted - 3, 3)
        assert world.held == world.wanted - set(invalid)
        world.as_of += DAY
        world.members = set()
        publish(
            open_store(tmp_path / "published"), publication(world.as_of, {"lapsed": set()}, identities=set())
        )
        world.deliver()
        assert world.held == set()
        assert server.state().rows() == (wanted, wanted - 3), "what was refused is not taken back"


def test_an_attribute_that_reads_like_an_identifier_is_none(tmp_path: Path) -> None:
    with partner_server("braze") as server:
        world = World(tmp_path, "braze", server, random.Random(3), members={1, 2})
        world.attributes["plan"] = {1: "C-2"}
        world.publish()
        server.script(invalid=["C-2"])
        assert world.deliver().status == "delivered"
        [received] = Ledger(tmp_path / "ledger").read("c").audiences
        assert received.files[0].rejected == 1
        world.as_of += DAY
        world.members = set()
        world.publish()
        world.deliver()
        assert server.state().rows() == (2, 1), "what was refused is not taken back"


def test_rows_that_were_refused_without_being_named_are_counted(tmp_path: Path) -> None:
    with partner_server("meta") as server:
        world = World(tmp_path, "meta", server, random.Random(3))
        world.change()
        server.script(invalid=sorted(world.wanted)[:2])
        world.deliver()
        [received] = Ledger(tmp_path / "ledger").read("c").audiences
        assert received.files[0].rejected == 2


def test_a_list_is_made_once_named_as_the_audience_and_renamed(tmp_path: Path) -> None:
    with partner_server("meta") as server:
        world = World(tmp_path, "meta", server, random.Random(5))
        world.change()
        world.deliver()
        [found] = server.state().lists.values()
        assert found["name"] == "lapsed"
        known: Any = posting_to(server, "meta")
        renamed = replace(known, audiences=(replace(audience("lapsed"), external_name="Gone quiet"),))
        world.as_of += DAY
        world.change()
        generation = open_store(tmp_path / "published").current()
        assert generation is not None
        api = Api(
            server.partner, server.destination, None, server.secrets, Patience(lambda _: None), lambda: NOW
        )
        deliver_connection(
            renamed, renamed.connections[0], generation, world.as_of, dispatch(tmp_path, session=lambda: api)
        )
        [found] = server.state().lists.values()
        assert found["name"] == "Gone quiet"
        assert world.held == world.wanted


def test_a_list_that_was_deleted_there_is_a_fault_that_names_resync(tmp_path: Path) -> None:
    with partner_server("meta") as server:
        world = World(tmp_path, "meta", server, random.Random(5))
        world.change()
        world.deliver()
        server.script(delete=list(server.state().lists))
        world.as_of += DAY
        world.change()
        [one] = world.deliver().audiences
        assert one.fault is not None
        assert one.fault.reason == "list_gone"
        assert "milepost resync" in one.fault.next_step
        Ledger(tmp_path / "ledger").resync("c", empties_first=False)
        assert world.deliver().status == "delivered"
        assert world.held == world.wanted
