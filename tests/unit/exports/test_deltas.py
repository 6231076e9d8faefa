"""Deltas against a model of the partner: after each delivery its list is exactly the audience."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from exports.connections import Outcome, deliver_connection
from exports.delivery.faults import DeliveryError, Fault
from exports.delivery.folder import Folder
from exports.ledger.ledger import Ledger
from exports.outbox import pending
from exports.partners.checks import check_outputs
from exports.turn import Turn
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import dispatch
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.connection_records import OutputColumn
from transforms.definitions.destinations import Sftp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Definitions

DAY = timedelta(days=1)
PUT_TOGETHER_FROM_PARTS = 2
EMAIL = OutputColumn(("email",), "email", None, None)
HASHED = OutputColumn(("email",), "email", "sha256", None)
IS_MEMBER = OutputColumn((), None, None, "is_member")
MPID = OutputColumn((), None, None, "mpid")

NAMES = ("plan", "ltv", "genres")

Identities = set[tuple[int, str, str]]
Attributes = dict[int, dict[str, str | list[str]]]


class Model:
    """A partner that reads files in the order in which they came, each once, and says where one makes no sense."""

    def __init__(self) -> None:
        self.names: dict[str, bytes] = {}
        self.held: set[tuple[Any, ...]] = set()
        #: Of each row by what it is known by: the attributes that came with it last.
        self.attributes: dict[Any, dict[str, Any]] = {}
        self.is_full = False

    def put(self, path: Path, name: str) -> None:
        content = path.read_bytes()
        if name in self.names:
            assert self.names[name] == content, "one name, other bytes"
            return
        self.names[name] = content
        if not name.endswith(".manifest.json"):
            self.read(content, is_whole="_delta" not in name)

    def read(self, content: bytes, *, is_whole: bool) -> None:
        raise NotImplementedError

    def wanted(self, identities: Identities) -> set[tuple[Any, ...]]:
        raise NotImplementedError

    def known(self, identities: Identities, attributes: Attributes) -> dict[Any, dict[str, Any]]:
        """What the attributes of the partner should be, empty where it keeps none."""
        del identities, attributes
        return {}


class Lines(Model):
    """Members by mpid: an add of somebody who is there, or a remove of another one, is applied twice."""

    def read(self, content: bytes, *, is_whole: bool) -> None:
        before = dict(self.attributes)
        for line in map(json.loads, content.splitlines()):
            values = dict(line["IdentityValues"])
            mpid = values.pop("mpid")
            told = {(mpid, kind, value) for kind, value in values.items()}
            if line["IsAddRequest"]:
                attributes = line.get("UserAttributes", {})
                is_news = not told & self.held or attributes != before.get(mpid, {})
                assert self.is_full or is_news
                self.held |= told
                self.attributes[mpid] = attributes
            else:
                assert "UserAttributes" not in line
                assert told <= self.held
                self.held -= told

    def wanted(self, identities: Identities) -> set[tuple[Any, ...]]:
        return {(str(mpid), kind, value) for mpid, kind, value in identities}

    def known(self, identities: Identities, attributes: Attributes) -> dict[Any, dict[str, Any]]:
        return {str(mpid): as_json(attributes.get(mpid, {})) for mpid, _, _ in identities}


class Requests(Model):
    """A set of identifiers, whoever has them."""

    def read(self, content: bytes, *, is_whole: bool) -> None:
        for request in map(json.loads, content.splitlines()):
            payload = request["body"]["payload"]
            for row in payload["data"]:
                told = {pair for pair in zip(payload["schema"], row, strict=True) if pair[1]}
                assert told
                if request["method"] == "POST":
                    self.held |= told
                else:
                    assert told <= self.held
                    self.held -= told

    def wanted(self, identities: Identities) -> set[tuple[Any, ...]]:
        return {("EXTERN_ID", value) for _, kind, value in identities if kind == "customer_id"}


class Flags(Model):
    """A CSV with a column that says who is a member; a whole file is the list."""

    def read(self, content: bytes, *, is_whole: bool) -> None:
        if is_whole:
            self.held.clear()
        for row in csv.DictReader(io.StringIO(content.decode(), newline="")):
            key = (row.get("mpid"), row["mail"])
            told = {key} if row["mail"] else set()
            attributes = {name: row[name] for name in NAMES if row.get(name)}
            if row["member"] == "true":
                assert self.is_full or not told & self.held or attributes != self.attributes[row["mail"]]
                self.held |= told
                self.attributes[row["mail"]] = attributes
            else:
                assert not attributes
                assert told <= self.held
                self.held -= told

    def wanted(self, identities: Identities) -> set[tuple[Any, ...]]:
        return {(None, value) for _, kind, value in identities if kind == "email"}

    def known(self, identities: Identities, attributes: Attributes) -> dict[Any, dict[str, Any]]:
        first = {value: mpid for mpid, kind, value in sorted(identities, reverse=True) if kind == "email"}
        return {
            value: {
                name: ", ".join(one) if isinstance(one, list) else one
                for name, one in attributes.get(mpid, {}).items()
            }
            for value, mpid in first.items()
        }


def as_json(attributes: dict[str, str | list[str]]) -> dict[str, Any]:
    """Calculated numbers are numbers, lists are lists."""
    return {name: float(one) if name == "ltv" else one for name, one in attributes.items()}


@dataclass(frozen=True)
class Case:
    partner: str
    model: Callable[[], Model]
    options: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, OutputColumn], ...] = ()
    identities: tuple[str, ...] | None = None
    attributes: tuple[str, ...] = ()


CASES = (
    Case("json_lines", Lines, identities=("email", "customer_id"), attributes=NAMES),
    Case("meta", Requests, (("upload", "add"),), identities=("customer_id",)),
    Case("csv", Flags, (("rows", "identities"),), (("mail", EMAIL), ("member", IS_MEMBER)), attributes=NAMES),
)


@dataclass
class World:
    """Memberships, days and what is known of users, changed at random."""

    case: Case
    folder: Path
    seed: int
    as_of: datetime = AS_OF
    members: set[int] = field(default_factory=set)
    identities: Identities = field(default_factory=set)
    attributes: Attributes = field(default_factory=dict)
    mode: str = "delta"
    is_active: bool = True
    external_name: str = "lapsed"
    audience_id: str = "lapsed"
    formerly: str | None = None
    model: Model = field(init=False)
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.model = self.case.model()
        self.random = random.Random(self.seed)

    def change(self) -> None:
        """Some join, some leave, some have another address, some share one."""
        chance = self.random.random
        for mpid in range(-5, 25):
            if chance() < 0.3:
                self.members ^= {mpid}
            if chance() < 0.3:
                self.identities = {one for one in self.identities if one[0] != mpid or chance() < 0.5}
                for kind in ("email", "customer_id"):
                    if chance() < 0.6:
                        number = self.random.randrange(12)
                        value = f"user{number}@example.com" if kind == "email" else f"C-{number}"
                        self.identities |= {(mpid, kind, value)}
            if chance() < 0.3:
                # What is left out here has lost its value.
                known = {
                    "plan": self.random.choice(("free", "pro", "C-1")),
                    "ltv": str(self.random.randrange(400) / 4),
                    "genres": self.random.sample(["drama", "crime"], 2),
                }
                self.attributes[mpid] = {name: value for name, value in known.items() if chance() < 0.5}

    def edit(self) -> None:
        """The definitions change: a name, identity types, how a column is written, what is sent along."""
        chance = self.random.random
        if chance() < 0.3:
            self.external_name = self.random.choice(("lapsed", "Gone quiet"))
        if self.case.attributes and chance() < 0.3:
            names = tuple(self.random.sample(NAMES, self.random.randrange(1, 4)))
            self.case = replace(self.case, attributes=names)
        if self.case.partner == "json_lines" and chance() < 0.2:
            types = self.random.choice((("email",), ("customer_id",), ("email", "customer_id")))
            self.case = replace(self.case, identities=types)
        if self.case.partner == "csv" and chance() < 0.2:
            mail = self.random.choice((EMAIL, HASHED))
            self.case = replace(self.case, columns=(("mail", mail), ("member", IS_MEMBER)))

    def project(self) -> Definitions:
        one = replace(
            connection(
                "c",
                self.audience_id,
                identities=self.case.identities,
                active=self.is_active,
                user_attributes=self.case.attributes,
            ),
            mode=self.mode,
            max_removal=1.0,
        )
        lapsed = audience(self.audience_id, formerly=self.formerly)
        known = definitions(replace(lapsed, external_name=self.external_name), connections=(one,))
        [output] = known.outputs
        output = replace(
            output, partner=self.case.partner, options=self.case.options, columns=self.case.columns
        )
        known = replace(known, outputs=(output,))
        assert not check_outputs(known)
        return known

    def publish(self) -> Generation:
        return publish(
            open_store(self.folder / "published"),
            publication(
                self.as_of,
                {self.audience_id: self.members},
                identities=self.identities,
                attributes=tuple(
                    (mpid, "plan", known["plan"])
                    for mpid, known in sorted(self.attributes.items())
                    if "plan" in known
                ),
                calculated={
                    name: {mpid: known[name] for mpid, known in self.attributes.items() if name in known}
                    for name in ("ltv", "genres")
                },
            ),
        )

    def deliver(self, carrier: Any = None) -> Outcome:
        self.model.is_full |= self.mode == "full"
        generation = self.publish()
        known = self.project()
        return deliver_connection(
            known,
            known.connections[0],
            generation,
            self.as_of,
            dispatch(self.folder, carrier=carrier or self.model),
        )

    def wanted(self) -> set[tuple[Any, ...]]:
        return self.model.wanted(self.of_members)

    def known(self) -> dict[Any, dict[str, Any]]:
        sent = {
            mpid: {name: value for name, value in known.items() if name in self.case.attributes}
            for mpid, known in self.attributes.items()
        }
        return self.model.known(self.of_members, sent)

    def said(self) -> dict[Any, dict[str, Any]]:
        """What the partner says of the members."""
        return {key: self.model.attributes[key] for key in self.known()}

    @property
    def of_members(self) -> Identities:
        """What is sent of them, as it is written."""
        is_hashed = ("mail", HASHED) in self.case.columns
        return {
            (mpid, kind, hashlib.sha256(value.encode()).hexdigest() if is_hashed else value)
            for mpid, kind, value in self.identities
            if mpid in self.members and (self.case.identities is None or kind in self.case.identities)
        }


@dataclass
class Breaking:
    """Fails before or after the partner took a file."""

    model: Model
    takes_it: bool

    def put(self, path: Path, name: str) -> None:
        if self.takes_it:
            self.model.put(path, name)
        raise DeliveryError(Fault("unreachable", "reset", "milepost resume", may_have_arrived=True))


def resume(folder: Path) -> None:
    ledger = Ledger(folder / "ledger")
    for one in ledger.read("c").audiences:
        ledger.record("c", replace(one, fault=None))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.partner)
@pytest.mark.parametrize("seed", range(3))
def test_after_each_delivery_the_partners_list_is_exactly_the_audience(
    case: Case, seed: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if seed == PUT_TOGETHER_FROM_PARTS:
        request.getfixturevalue("small_parts")
    world = World(case, tmp_path, seed)
    for step in range(10):
        world.change()
        if world.random.random() < 0.4:
            outcome = world.deliver(Breaking(world.model, takes_it=world.random.random() < 0.5))
            if outcome.status == "faulted":
                before = dict(world.model.names)
                assert world.deliver().status == "faulted", "nothing is sent before it is resumed"
                assert world.model.names == before
                resume(tmp_path)
                world.as_of += DAY * (step % 2)
                world.change()
        if world.random.random() < 0.2:
            world.is_active = False
            held = set(world.model.held)
            assert world.deliver().status == "inactive"
            assert world.model.held == held, "the partner's copy ages"
            world.is_active = True
        if world.random.random() < 0.2:
            world.mode = "full" if world.mode == "delta" else "delta"
        world.edit()
        interrupted = pending(tmp_path / "outbox" / "c" / "lapsed")
        outcome = world.deliver()
        was_interrupted = interrupted is not None and interrupted.as_of == world.as_of
        if was_interrupted:
            assert [file.file_name for file in outcome.files] == [file.name for file in interrupted.files]
        if was_interrupted or outcome.status == "not_forward":
            # What was interrupted, or nothing, was sent; the change waits for the next day.
            world.as_of += DAY
            outcome = world.deliver()
        assert outcome.status == "delivered"
        assert world.model.held == world.wanted()
        assert world.said() == world.known()
        world.model.is_full = False
        world.as_of += DAY


def test_an_additive_connection_takes_nobody_back(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 1, mode="additive")
    seen: set[tuple[Any, ...]] = set()
    for _ in range(5):
        world.change()
        assert world.deliver().status == "delivered"
        seen |= world.wanted()
        assert world.model.held == seen
        world.as_of += DAY


def test_a_renamed_audience_goes_on_where_it_was(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 6)
    world.change()
    world.deliver()
    world.as_of += DAY
    world.change()
    world.deliver(Breaking(world.model, takes_it=False))
    resume(tmp_path)
    world.audience_id, world.formerly = "gone_quiet", "lapsed"
    before = set(world.model.names)
    world.as_of += DAY
    world.change()
    assert world.deliver().status == "delivered"
    # Nobody is told twice, and what had been prepared arrived first, under its name.
    assert world.model.held == world.wanted()
    assert [
        name.partition("_2")[0] for name in sorted(set(world.model.names) - before) if "manifest" not in name
    ] == ["gone_quiet", "lapsed"]
    ledger = Ledger(tmp_path / "ledger")
    assert [one.audience_id for one in ledger.read("c").audiences] == ["gone_quiet"]
    assert not (tmp_path / "ledger" / "c" / "lapsed").exists()
    world.as_of += DAY
    world.change()
    world.deliver()
    assert world.model.held == world.wanted()


def test_a_rehearsal_of_a_renamed_audience_renames_nothing(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 6)
    world.change()
    world.deliver()
    world.audience_id, world.formerly = "gone_quiet", "lapsed"
    world.as_of += DAY
    known, generation = world.project(), world.publish()
    turn = Turn(known, known.connections[0], "gone_quiet", generation, world.as_of, dispatch(tmp_path))
    prepared, _ = turn.rehearse()
    assert prepared.delivery is None, "it has received all of it"
    assert [one.audience_id for one in Ledger(tmp_path / "ledger").read("c").audiences] == ["lapsed"]


def test_nothing_of_a_variant_that_is_no_more_is_sent_or_taken_back(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 1)
    world.change()
    world.deliver()
    held = set(world.model.held)
    known = world.project()
    of_variant = replace(known.connections[0], variant="push")
    world.as_of += DAY
    outcome = deliver_connection(
        known, of_variant, world.publish(), world.as_of, dispatch(tmp_path, carrier=world.model)
    )
    assert [(one.status, one.reason) for one in outcome.audiences] == [("unsent", "it has no variant `push`")]
    assert world.model.held == held


def test_a_delta_without_changes_sends_nothing_and_moves_forward(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 1)
    world.change()
    world.deliver()
    names = set(world.model.names)
    world.as_of += DAY
    assert world.deliver().status == "delivered"
    assert set(world.model.names) == names
    assert Ledger(tmp_path / "ledger").last_delivered("c") == world.as_of


def test_identity_types_that_are_not_sent_any_more_are_taken_back(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 2)
    world.members, world.identities = {1, 2}, {(1, "email", "a@example.com"), (2, "customer_id", "C-2")}
    world.identities |= {(1, "customer_id", "C-1")}
    world.deliver()
    world.as_of += DAY
    world.case = replace(world.case, identities=("email",))
    world.deliver()
    assert world.model.held == {("1", "email", "a@example.com")}


def test_a_name_is_never_used_for_other_bytes_of_the_same_day(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 3)
    world.change()
    world.deliver(Breaking(world.model, takes_it=True))
    resume(tmp_path)
    world.change()
    assert world.deliver().status == "delivered"
    assert world.deliver().status == "not_forward"
    assert Ledger(tmp_path / "ledger").last_delivered("c") == world.as_of
    assert len([name for name in world.model.names if name.endswith(".jsonl")]) == 1


def test_what_may_not_leave_is_written_and_not_recorded(tmp_path: Path) -> None:
    world = World(CASES[0], tmp_path, 4)
    world.change()
    generation = publish(
        open_store(tmp_path / "published"),
        publication(world.as_of, {"lapsed": world.members}, identities=world.identities),
    )
    known = world.project()
    chosen: Connection = known.connections[0]
    far = Sftp("sftp.example.com", 22, "", "CRM", None, "hidden")
    known = replace(known, outputs=tuple(replace(one, destination=far) for one in known.outputs))
    here = dispatch(tmp_path, may_leave=False)
    for _ in range(2):
        outcome = deliver_connection(known, chosen, generation, world.as_of, here)
        assert outcome.status == "written"
        assert here.ledger.last_delivered("c") is None
    assert len(list((tmp_path / "exports" / "c").iterdir())) == 2
    assert (
        deliver_connection(known, chosen, generation, world.as_of, dispatch(tmp_path)).status == "delivered"
    )
    assert isinstance(here.folder_carrier("c"), Folder)


@pytest.mark.parametrize("is_digest_first", [True, False])
def test_digests_and_values_that_are_none_are_seen_over_deliveries(
    is_digest_first: bool, tmp_path: Path
) -> None:
    case = Case("csv", Flags, (("rows", "identities"),), (("mail", HASHED), ("member", IS_MEMBER)))
    world = World(case, tmp_path, 5)
    kinds = [(1, "email", "a@example.com"), (2, "email", hashlib.sha256(b"b@example.com").hexdigest())]
    first, second = reversed(kinds) if is_digest_first else kinds
    world.members, world.identities = {1, 2}, {first}
    assert world.deliver().status == "delivered"
    world.as_of += DAY
    world.identities = {first, second}
    outcome = world.deliver()
    [problem] = outcome.audiences[0].problems
    assert problem.code == "EXP-007"
    assert "example" not in problem.message
    world.identities = {second}
    assert world.deliver().status == "delivered", "one kind in the place of the other is no mixture"
