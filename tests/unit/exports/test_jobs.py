"""Work that goes on at a partner after it took a request."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from exports.connections import Outcome, deliver_connection
from exports.delivery.backoff import Patience
from exports.delivery.http import Api
from exports.ledger.ledger import Ledger
from exports.ledger.records import from_json, to_json
from exports.partners.answers import Heard
from exports.partners.jobs import Ended, Failed, JobState, Running
from exports.partners.registry import partner_named
from tests.support.definitions import audience, connection, definitions
from tests.support.dispatches import NOW, dispatch
from tests.support.partner_model import Step
from tests.support.partner_server import PartnerServer, partner_server
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = timedelta(days=1)


def google(state: str, *errors: tuple[str, str]) -> dict[str, Any]:
    counts = [
        {"recordCount": count, "reason": f"PROCESSING_ERROR_REASON_{reason}"} for reason, count in errors
    ]
    return {"requestStatusPerDestination": [{"requestStatus": state, "errorInfo": {"errorCounts": counts}}]}


def klaviyo(status: str, total: int = 3, failed: int | None = None) -> dict[str, Any]:
    return {"data": {"attributes": {"status": status, "total_count": total, "failed_count": failed}}}


RUNNING = {"google_data_manager": google("PROCESSING"), "klaviyo": klaviyo("processing")}
ONE_REFUSED = {
    "google_data_manager": google("PARTIAL_SUCCESS", ("INVALID_FORMAT", "1")),
    "klaviyo": klaviyo("complete", failed=1),
}
ALL_REFUSED = {
    "google_data_manager": google("FAILED", ("DENIED_CONSENT", "3")),
    "klaviyo": klaviyo("complete", failed=3),
}


@pytest.mark.parametrize(
    ("partner", "answer", "state"),
    [
        ("google_data_manager", google("PROCESSING"), Running()),
        ("google_data_manager", google("REQUEST_STATUS_UNKNOWN"), Running()),
        ("google_data_manager", {}, Running()),
        ("google_data_manager", google("SUCCESS"), Ended()),
        (
            "google_data_manager",
            google("PARTIAL_SUCCESS", ("INVALID_FORMAT", "4"), ("DENIED_CONSENT", "2")),
            Ended(6),
        ),
        ("google_data_manager", google("PARTIAL_SUCCESS", ("INVALID_FORMAT", "many")), Ended()),
        ("google_data_manager", google("PARTIAL_SUCCESS", ("INVALID_FORMAT", "-4")), Ended()),
        ("google_data_manager", google("PARTIAL_SUCCESS", ("INVALID_FORMAT", "9" * 5_000)), Ended()),
        ("klaviyo", {"data": {"attributes": {"status": "complete", "failed_count": ["x"]}}}, Ended()),
        ("klaviyo", {"data": []}, Running()),
        ("google_data_manager", google("FAILED", ("DENIED_CONSENT", "9")), Failed(("denied consent",))),
        ("klaviyo", klaviyo("queued"), Running()),
        ("klaviyo", klaviyo("processing", failed=1), Running()),
        ("klaviyo", klaviyo("complete"), Ended()),
        ("klaviyo", klaviyo("complete", failed=2), Ended(2)),
        ("klaviyo", klaviyo("complete", failed=3), Failed(("its import errors say why",))),
        ("klaviyo", klaviyo("cancelled"), Failed(("it was cancelled",))),
    ],
)
def test_what_an_answer_says_of_the_work(partner: str, answer: dict[str, Any], state: JobState) -> None:
    api = partner_named(partner).api
    assert api is not None
    assert api.jobs is not None
    assert api.jobs.judge(Heard(200, {}, answer)) == state


@dataclass
class Shop:
    """An audience of three at a partner, day by day."""

    folder: Path
    server: PartnerServer
    as_of: datetime = AS_OF
    members: set[int] = field(default_factory=lambda: {1, 2, 3})
    also: set[tuple[int, str, str]] = field(default_factory=set)
    now: datetime = NOW
    types: tuple[str, ...] = ("email",)

    def deliver(self) -> Outcome:
        generation = publish(
            open_store(self.folder / "published"),
            publication(
                self.as_of,
                {"lapsed": self.members},
                identities={(mpid, "email", f"u{mpid}@example.com") for mpid in range(1, 10)} | self.also,
            ),
        )
        one = replace(connection("c", "lapsed", identities=self.types), mode="delta", max_removal=1.0)
        known = definitions(audience("lapsed"), connections=(one,))
        [output] = known.outputs
        known = replace(
            known,
            outputs=(replace(output, partner=self.server.name, destination=self.server.destination),),
        )
        given = dispatch(
            self.folder,
            session=lambda: Api(
                self.server.partner,
                self.server.destination,
                None,
                self.server.secrets,
                Patience(lambda _: None, attempts=2),
                lambda: NOW,
            ),
        )
        return deliver_connection(known, one, generation, self.as_of, replace(given, now=lambda: self.now))

    def says(self, *answers: dict[str, Any]) -> None:
        """What the partner answers to the next questions."""
        self.server.script(*(Step(200, body=answer) for answer in answers))

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "ledger")

    @property
    def posts(self) -> int:
        return len(self.server.state().rows())

    @property
    def counted(self) -> tuple[int, int]:
        [one] = self.ledger.read("c").audiences
        [file] = one.files
        return file.accepted, file.rejected


@pytest.fixture(params=["google_data_manager", "klaviyo"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    with partner_server(request.param) as server:
        yield Shop(tmp_path, server)


def test_the_next_delivery_waits_until_the_work_on_the_last_has_ended(shop: Shop) -> None:
    assert shop.deliver().status == "delivered"
    shop.as_of += DAY
    shop.members = {2, 3, 4}
    shop.says(RUNNING[shop.server.name])
    waiting = shop.deliver()
    assert waiting.status == "waiting"
    assert "still works on" in waiting.audiences[0].reason
    assert shop.posts == 1
    assert shop.ledger.last_delivered("c") == AS_OF
    assert shop.deliver().status == "delivered"
    assert shop.ledger.last_delivered("c") == AS_OF + DAY
    held = shop.server.state().identifiers("1")
    assert len(held) == (4 if shop.server.name == "klaviyo" else 3), "who leaves stays at Klaviyo"


def test_rows_that_were_refused_later_are_counted_on_the_same_day(shop: Shop) -> None:
    shop.deliver()
    assert shop.counted == (3, 0)
    shop.says(ONE_REFUSED[shop.server.name])
    assert shop.deliver().status == "not_forward"
    assert shop.counted == (2, 1)
    shop.deliver()
    assert shop.counted == (2, 1), "it is asked about once"


def test_work_that_took_nothing_is_a_fault_until_everything_is_sent_anew(shop: Shop) -> None:
    shop.deliver()
    shop.as_of += DAY
    shop.says(ALL_REFUSED[shop.server.name])
    outcome = shop.deliver()
    [one] = outcome.audiences
    assert (outcome.status, one.is_new_fault) == ("faulted", True)
    assert one.fault is not None
    assert one.fault.reason == "refused"
    assert "took a request of" in one.fault.message
    assert "milepost resync" in one.fault.next_step
    assert shop.deliver().status == "faulted", "nothing is sent before somebody looked at it"
    shop.ledger.resync("c", empties_first=False)
    assert shop.deliver().status == "delivered"
    assert shop.server.state().rows() == (3, 3)


def assert_endless(shop: Shop) -> None:
    """The next delivery gives the work up as a fault, and the one after somebody looked at it arrives."""
    [one] = shop.deliver().audiences
    assert one.fault is not None
    assert "has not ended after 2 days" in one.fault.message
    shop.ledger.resume("c", accepts=False)
    assert shop.deliver().status == "delivered"


def test_work_that_does_not_end_is_a_fault_after_two_days(shop: Shop) -> None:
    shop.deliver()
    shop.as_of += DAY
    running = RUNNING[shop.server.name]
    shop.says(running)
    shop.now = NOW + 2 * DAY
    assert shop.deliver().status == "waiting"
    shop.now += timedelta(microseconds=1)
    shop.says(running)
    assert_endless(shop)


def test_where_the_partner_does_not_say_nothing_is_sent(shop: Shop) -> None:
    shop.deliver()
    shop.as_of += DAY
    shop.server.script(Step(503), Step(503))
    [one] = shop.deliver().audiences
    assert one.fault is not None
    assert one.fault.reason == "unreachable"
    assert shop.posts == 1
    shop.ledger.resume("c", accepts=False)
    assert shop.deliver().status == "delivered"


def test_work_that_the_partner_does_not_know_is_a_fault_once(shop: Shop) -> None:
    shop.deliver()
    shop.as_of += DAY
    shop.server.script(Step(404, body={}))
    [one] = shop.deliver().audiences
    assert one.fault is not None
    assert one.fault.reason == "refused"
    shop.ledger.resume("c", accepts=False)
    assert shop.deliver().status == "delivered"


def test_nobody_asks_for_work_where_the_output_goes_elsewhere_by_now(tmp_path: Path) -> None:
    with partner_server("google_data_manager") as before, partner_server("meta") as now:
        shop = Shop(tmp_path, before)
        shop.deliver()
        shop.as_of += DAY
        shop.server = now
        assert shop.deliver().status == "delivered"
    assert shop.ledger.read("c").audiences[0].jobs == ()


def test_everything_is_sent_anew_only_when_the_partner_has_taken_it_back(tmp_path: Path) -> None:
    with partner_server("google_data_manager") as server:
        shop = Shop(tmp_path, server)
        shop.deliver()
        shop.ledger.resync("c", empties_first=True)
        ended, running = google("SUCCESS"), google("PROCESSING")
        shop.says(ended, {"requestId": "request-2"}, running)
        assert shop.deliver().status == "waiting"
        assert shop.deliver().status == "delivered"
        assert len(server.state().identifiers("1")) == 3


def test_a_ledger_of_before_names_no_work(shop: Shop) -> None:
    shop.deliver()
    known = shop.ledger.read("c")
    assert [job.since for job in known.audiences[0].jobs] == [NOW]
    assert from_json(to_json(known)) == known
    content = to_json(known)
    del content["audiences"][0]["jobs"]
    assert from_json(content).audiences[0].jobs == ()


@pytest.fixture
def changed(tmp_path: Path) -> Iterator[Shop]:
    """Three members are at Google; the day after one has left, one has joined, and one has an address less.

    What is posted to Google is done when it is asked about, what was posted last first.
    """
    with partner_server("google_data_manager") as server:
        shop = Shop(tmp_path, server, also={(2, "email", "other@example.com")})
        server.script(works_late=True)
        assert shop.deliver().status == "delivered"
        shop.as_of += DAY
        shop.members, shop.also = {2, 3, 4}, set()
        yield shop


def hashed(*mpids: int) -> set[str]:
    return {hashlib.sha256(f"u{mpid}@example.com".encode()).hexdigest() for mpid in mpids}


def test_nobody_is_added_before_those_who_leave_are_gone(changed: Shop) -> None:
    changed.server.script(Step(), Step(), Step(200, body=google("PROCESSING")))
    outcome = changed.deliver()
    assert outcome.status == "waiting"
    assert "nobody is added before" in outcome.audiences[0].reason
    assert changed.posts == 2
    assert changed.ledger.last_delivered("c") == AS_OF
    again = changed.deliver()
    assert again.status == "delivered"
    assert [(file.counts.rows, file.counts.removed) for file in again.files] == [(2, 2)]
    assert changed.posts == 3
    assert changed.deliver().status == "not_forward"
    assert changed.server.state().identifiers("1") == hashed(2, 3, 4)


def test_of_every_list_those_who_leave_are_taken_back_before_any_waits(tmp_path: Path) -> None:
    with partner_server("google_data_manager") as server:
        customers = {(mpid, "customer_id", f"C-{mpid}") for mpid in range(1, 5)}
        shop = Shop(tmp_path, server, also=customers, types=("email", "customer_id"))
        shop.deliver()
        shop.as_of += DAY
        shop.members = {2, 3, 4}
        running = Step(200, body=google("PROCESSING"))
        server.script(Step(), Step(), Step(), running, Step(), running)
        assert shop.deliver().status == "waiting"
        lists = [server.state().identifiers(each) for each in ("1", "2")]
        assert [len(each) for each in lists] == [2, 2]
        assert shop.deliver().status == "delivered"
        assert server.state().identifiers("1") == hashed(2, 3, 4)
        assert server.state().identifiers("2") == {"C-2", "C-3", "C-4"}


def test_what_an_earlier_version_began_to_send_is_sent_to_its_end(changed: Shop) -> None:
    changed.server.script(Step(), Step(), Step(200, body=google("PROCESSING")))
    assert changed.deliver().status == "waiting"
    progress = changed.folder / "outbox" / "c" / "lapsed" / "progress.jsonl"
    [line] = map(json.loads, progress.read_text().splitlines())
    del line["at"], line["jobs"]
    progress.write_text(json.dumps(line) + "\n")
    assert changed.deliver().status == "delivered"


def test_where_removals_have_ended_at_once_all_is_delivered_at_once(changed: Shop) -> None:
    assert changed.deliver().status == "delivered"
    assert changed.deliver().status == "not_forward"
    assert changed.server.state().identifiers("1") == hashed(2, 3, 4)


def test_removals_of_which_some_were_refused_are_counted(changed: Shop) -> None:
    changed.server.script(Step(), Step(), Step(200, body=ONE_REFUSED["google_data_manager"]))
    assert changed.deliver().status == "delivered"
    assert changed.counted == (3, 1)


def test_removals_that_took_nothing_are_sent_again_with_what_is_added(changed: Shop) -> None:
    changed.server.script(Step(), Step(200, body={"requestId": "lost"}))
    changed.server.script(Step(200, body=ALL_REFUSED["google_data_manager"]))
    [one] = changed.deliver().audiences
    assert one.fault is not None
    assert "and then none of its rows: denied consent" in one.fault.message
    assert "milepost resume" in one.fault.next_step
    assert changed.counted == (0, 2)
    assert changed.server.state().identifiers("1") > hashed(1, 2, 3)
    changed.ledger.resume("c", accepts=False)
    assert changed.deliver().status == "delivered"
    assert changed.deliver().status == "not_forward"
    assert changed.server.state().identifiers("1") == hashed(2, 3, 4)


def test_removals_that_do_not_end_are_a_fault_after_two_days(changed: Shop) -> None:
    running = Step(200, body=google("PROCESSING"))
    changed.server.script(Step(), Step(), running)
    assert changed.deliver().status == "waiting"
    changed.now += 2 * DAY
    changed.server.script(running)
    assert changed.deliver().status == "waiting"
    changed.now += timedelta(microseconds=1)
    changed.server.script(running)
    assert_endless(changed)


def test_removals_that_the_partner_does_not_know_are_a_fault_once(changed: Shop) -> None:
    changed.server.script(Step(), Step(), Step(404, body={}))
    [one] = changed.deliver().audiences
    assert one.fault is not None
    assert one.fault.reason == "refused"
    changed.ledger.resume("c", accepts=False)
    assert changed.deliver().status == "delivered"


def test_a_removal_is_asked_about_again_where_the_partner_did_not_say(changed: Shop) -> None:
    changed.server.script(Step(), Step(), Step(503), Step(503))
    [one] = changed.deliver().audiences
    assert one.fault is not None
    assert one.fault.reason == "unreachable"
    changed.ledger.resume("c", accepts=False)
    assert changed.deliver().status == "delivered"
    assert changed.deliver().status == "not_forward"
    assert changed.server.state().identifiers("1") == hashed(2, 3, 4)
