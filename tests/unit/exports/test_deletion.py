"""What becomes of a deleted audience at its partners."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from exports.connections import deliver_connection
from exports.deletion import Farewell, forget, say_farewell
from exports.delivery.backoff import Patience
from exports.delivery.http import Api
from exports.partners.checks import check_outputs
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import NOW, dispatch
from tests.support.partner_model import Step
from tests.support.partner_server import partner_server
from tests.support.project_folder import audience as written
from tests.support.project_folder import load
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.destinations import Sftp
from transforms.errors import FAILED, UserError

if TYPE_CHECKING:
    from pathlib import Path

    from exports.turn import Dispatch
    from tests.support.partner_server import PartnerServer
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import OnDelete, Output
    from transforms.definitions.records import Definitions

IDENTITIES = {(mpid, "customer_id", f"C-{mpid}") for mpid in range(1, 4)}


@dataclass
class World:
    """One audience that was delivered to one output, and what is to be done about it."""

    folder: Path
    known: Definitions
    generation: Generation
    dispatch: Dispatch

    def bid(self) -> tuple[Farewell, ...]:
        return say_farewell(self.known, self.known.connections[0], "lapsed", self.generation, self.dispatch)

    @property
    def words(self) -> str:
        [farewell] = self.bid()
        return farewell.words

    @property
    def files(self) -> set[str]:
        folder = self.folder / "exports" / "c"
        return {path.name for path in folder.iterdir()} if folder.exists() else set()


def delivered(
    folder: Path,
    partner: str,
    *,
    on_delete: OnDelete | None = None,
    server: PartnerServer | None = None,
    options: tuple[tuple[str, str], ...] = (),
    may_leave: bool = True,
) -> World:
    """Delivered, where it may leave."""
    one = replace(connection("c", "lapsed", identities=("customer_id",)), mode="delta")
    known = definitions(audience("lapsed"), connections=(one,))
    [output] = known.outputs
    output = replace(output, partner=partner, on_delete=on_delete, options=options)
    session = None
    if server is not None:
        output = replace(output, destination=server.destination)

        def session() -> Api:
            patience = Patience(lambda _: None, attempts=2)
            return Api(server.partner, server.destination, None, server.secrets, patience, lambda: NOW)

    known = replace(known, outputs=(output,))
    assert not check_outputs(known)
    generation = publish(
        open_store(folder / "published"), publication(members={"lapsed": {1, 2, 3}}, identities=IDENTITIES)
    )
    leaving = dispatch(folder, session=session)
    assert deliver_connection(known, one, generation, AS_OF, leaving).status == "delivered"
    return World(folder, known, generation, replace(leaving, may_leave=may_leave))


def test_a_list_is_deleted_at_the_partner_once_and_no_more_known(tmp_path: Path) -> None:
    with partner_server("meta") as server:
        world = delivered(tmp_path, "meta", server=server, options=(("upload", "add"),))
        assert list(server.state().lists) == ["1"]
        assert "has deleted the list 1" in world.words
        assert server.state().lists == {}
        assert "has deleted the list 1" in world.words, "a list that is gone is deleted"
        assert world.dispatch.ledger.read("c").audiences, "what was received is known until it is forgotten"
        forget(world.dispatch, "c", "lapsed")
        assert world.dispatch.ledger.read("c").audiences == ()
        assert not list((tmp_path / "ledger").rglob("*.parquet"))
        assert world.bid() == ()


def test_a_partner_that_refuses_is_quoted(tmp_path: Path) -> None:
    with partner_server("meta") as server:
        world = delivered(tmp_path, "meta", server=server, options=(("upload", "add"),))
        server.script(Step(status=400, body={"error": {"code": 200, "message": "used by an active ad set"}}))
        with pytest.raises(UserError) as caught:
            world.bid()
        [problem] = caught.value.problems
        assert (problem.code, caught.value.exit_status) == ("EXP-019", FAILED)
        assert "used by an active ad set" in problem.message
        assert list(server.state().lists) == ["1"]


def test_an_output_can_leave_the_list_or_empty_it(tmp_path: Path) -> None:
    with partner_server("meta") as server:
        options = (("upload", "add"),)
        left = delivered(tmp_path / "left", "meta", server=server, options=options, on_delete="leave")
        assert "stays there" in left.words
        assert server.state().identifiers("1") == {"C-1", "C-2", "C-3"}
        emptied = delivered(
            tmp_path / "emptied", "meta", server=server, options=options, on_delete="empty_first"
        )
        assert "was taken back" in emptied.words
        state = server.state()
        assert (state.identifiers("1"), state.identifiers("2")) == ({"C-1", "C-2", "C-3"}, set())


def test_a_refused_removal_is_a_failure(tmp_path: Path) -> None:
    with partner_server("iterable") as server:
        project = (("project", "user_id"),)
        world = delivered(tmp_path, "iterable", server=server, options=project, on_delete="empty_first")
        server.script(Step(status=403, body={"msg": "no key of this project"}))
        with pytest.raises(UserError) as caught:
            world.bid()
        assert "no key of this project" in caught.value.problems[0].message


def google_work(state: str) -> Step:
    return Step(200, body={"requestStatusPerDestination": [{"requestStatus": state}]})


def not_deleted(world: World) -> str:
    """What a deletion says that fails; the ledger still knows what was received."""
    with pytest.raises(UserError) as caught:
        world.bid()
    [problem] = caught.value.problems
    assert (problem.code, caught.value.exit_status) == ("EXP-019", FAILED)
    assert world.dispatch.ledger.read("c").audiences
    return problem.message


def test_nothing_is_deleted_before_the_work_at_the_partner_has_ended(tmp_path: Path) -> None:
    with partner_server("google_data_manager") as server:
        server.script(works_late=True)
        world = delivered(tmp_path, "google_data_manager", server=server, on_delete="empty_first")
        running = google_work("PROCESSING")
        server.script(running)
        assert "is not deleted yet" in not_deleted(world)
        assert len(server.state().rows()) == 1, "what is added could come after what is taken back"
        server.script(Step(), Step(), running)
        assert "is not deleted yet" in not_deleted(world)
        assert "was taken back" in world.words
        assert server.state().identifiers("1") == set()


def test_nothing_is_deleted_where_the_partner_took_nobody_back(tmp_path: Path) -> None:
    with partner_server("google_data_manager") as server:
        world = delivered(tmp_path, "google_data_manager", server=server, on_delete="empty_first")
        server.script(Step(), Step(200, body={"requestId": "lost"}), google_work("FAILED"))
        for _ in range(2):
            assert "and then none of its rows" in not_deleted(world)
        assert server.state().identifiers("1") == {"C-1", "C-2", "C-3"}


def test_a_stream_is_sent_a_message(tmp_path: Path) -> None:
    with partner_server("firehose") as server:
        world = delivered(tmp_path, "firehose", server=server)
        assert world.words.endswith("was told")
        body = server.state().requests[-1]["body"]
        [record] = body["Records"]
        assert json.loads(base64.b64decode(record["Data"])) == {
            "MembershipChangedTimestamp": "1514764800",
            "AudienceId": "lapsed",
            "AudienceName": "lapsed",
            "AudienceDeleted": True,
        }


def test_a_message_can_be_a_file(tmp_path: Path) -> None:
    world = delivered(tmp_path, "firehose")
    assert "was told by lapsed_20180101T000000Z_deleted.requests.jsonl" in world.words
    assert "lapsed_20180101T000000Z_deleted.requests.jsonl" in world.files


def test_without_leave_to_deliver_it_is_written_and_said(tmp_path: Path) -> None:
    far = Sftp("sftp.example.com", 22, "", "CRM", None, "hidden")

    def away(world: World) -> World:
        outputs: tuple[Output, ...] = tuple(replace(one, destination=far) for one in world.known.outputs)
        world.known = replace(world.known, outputs=outputs)
        return world

    told = away(delivered(tmp_path / "told", "firehose", may_leave=False))
    assert "was written, and" in told.words
    emptied = away(delivered(tmp_path / "emptied", "json_lines", may_leave=False, on_delete="empty_first"))
    before = emptied.files
    assert "MILEPOST_DELIVER=1 is not set" in emptied.words
    [lines] = [name for name in emptied.files - before if name.endswith(".jsonl")]
    content = (tmp_path / "emptied" / "exports" / "c" / lines).read_text()
    assert [json.loads(line)["IsAddRequest"] for line in content.splitlines()] == [False] * 3
    with partner_server("meta") as server:
        options = (("upload", "add"),)
        kept = delivered(tmp_path / "kept", "meta", server=server, options=options, may_leave=False)
        assert "still has the list 1" in kept.words
        assert list(server.state().lists) == ["1"]


def test_what_was_prepared_and_did_not_arrive_is_dropped(tmp_path: Path) -> None:
    world = delivered(tmp_path, "json_lines")
    waiting = tmp_path / "outbox" / "c" / "lapsed"
    waiting.mkdir(parents=True)
    (waiting / "delivery.json").write_text("{}")
    world.bid()
    forget(world.dispatch, "c", "lapsed")
    assert not waiting.exists()


@pytest.mark.parametrize(
    ("output", "allowed"),
    [
        ("{partner: meta_csv, on_delete: delete}", ("leave",)),
        ("{partner: meta, on_delete: delete}", ("leave", "empty_first")),
        (
            "{partner: meta, on_delete: message, deliver: {to: http, credentials: META}}",
            ("delete", "leave", "empty_first"),
        ),
        (
            "{partner: meta, on_delete: delete, deliver: {to: http, credentials: META, list: '7'}}",
            ("leave", "empty_first"),
        ),
        (
            "{partner: klaviyo, on_delete: empty_first, deliver: {to: http, credentials: K}}",
            ("delete", "leave"),
        ),
        ("{partner: json_lines, on_delete: message}", ("leave", "empty_first")),
    ],
)
def test_what_cannot_be_done_is_an_error_with_what_can(
    output: str, allowed: tuple[str, ...], tmp_path: Path
) -> None:
    text = f"outputs:\n  o: {output}\n"
    [problem] = check_outputs(load(tmp_path, {"audiences/buyers.yml": written(), "connections/c.yml": text}))
    assert (problem.code, problem.allowed) == ("EXP-018", allowed)
