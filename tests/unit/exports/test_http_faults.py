"""What passes with time, and what does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.http_delivery import (
    FILES,
    Waiting,
    fault_of,
    file_of,
    line_of,
    opened,
)
from tests.support.partner_dialects import DIALECTS
from tests.support.partner_server import Step, partner_server

if TYPE_CHECKING:
    from datetime import datetime

    from exports.partners.profile import PartnerFile


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_passes_is_tried_again(status: int) -> None:
    with partner_server("braze") as server, opened(server) as api:
        server.script(*[Step(status=status, body={"message": "later"})] * 3)
        api.post(line_of(file_of("braze"), "add"), None, "key")
        assert server.state().rows() == (4, 4, 4, 4)
        keys = {request["headers"]["idempotency-key"] for request in server.state().requests}
        assert keys == {"key"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"Retry-After": "Sun, 29 Nov 2026 12:00:40 GMT"}, 40.0),
        ({"X-RateLimit-Reset": "1795953630"}, 30.0),
        ({"RateLimit-Reset": "9"}, 9.0),
        (
            {"X-Business-Use-Case-Usage": '{"1":[{"type":"x","estimated_time_to_regain_access":2}]}'},
            120.0,
        ),
    ],
)
def test_a_partner_that_says_how_long_is_not_asked_earlier(headers: dict[str, str], seconds: float) -> None:
    waiting = Waiting()
    with partner_server("braze") as server, opened(server, waiting=waiting) as api:
        server.script(Step(status=429, headers=headers, body={}))
        api.post(line_of(file_of("braze"), "add"), None, "key")
    [waited] = waiting.waits
    assert seconds <= waited <= seconds + 1


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
def test_a_clock_without_a_zone_says_utc_wherever_the_machine_is(
    header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    waiting = Waiting()
    headers = {"Retry-After": "Sun, 29 Nov 2026 12:00:40 GMT", "X-RateLimit-Reset": "1795953640"}
    try:
        with (
            partner_server("braze") as server,
            opened(server, waiting=waiting, clock=lambda: waiting.clock().replace(tzinfo=None)) as api,
        ):
            server.script(Step(status=429, headers={header: headers[header]}, body={}))
            api.post(line_of(file_of("braze"), "add"), None, "key")
    finally:
        monkeypatch.undo()
        time.tzset()
    [waited] = waiting.waits
    assert 40 <= waited <= 41


def test_a_limit_that_does_not_pass_is_a_fault_with_its_words() -> None:
    with partner_server("meta") as server, opened(server, attempts=3) as api:
        list_id = api.list_id("Lapsed buyers", None)
        error = {"error": {"code": 17, "message": "User request limit reached"}}
        server.script(*[Step(status=400, body=error)] * 50)
        fault = fault_of(lambda: api.post(line_of(file_of("meta"), "add"), list_id, "key"))
    assert (fault.reason, fault.may_have_arrived) == ("rate_limit", False)
    assert "User request limit reached" in fault.message
    assert "milepost resume" in fault.next_step


@pytest.mark.parametrize(
    ("step", "arrived"),
    [
        (Step(breaks="before"), True),
        (Step(breaks="middle", takes=True), True),
        (Step(text="<html>not JSON</html>", status=200), True),
        (Step(text="x" * 4_100_000, status=200), True),
        (Step(status=503, body={}), False),
        (Step(status=500, body={}), True),
    ],
    ids=["reset", "reset in an answer", "not JSON", "huge", "503", "500"],
)
def test_a_partner_that_gives_no_answer_is_tried_again_and_then_unreachable(
    step: Step, arrived: bool
) -> None:
    file = file_of("braze")
    with partner_server("braze") as server, opened(server, attempts=3) as api:
        server.script(step)
        api.post(line_of(file, "add"), None, "key")
        assert len(server.state().identifiers("attribute")) == 4
        server.script(*[step] * 3)
        fault = fault_of(lambda: api.post(line_of(file, "remove"), None, "other"))
    assert (fault.reason, fault.may_have_arrived) == ("unreachable", arrived)


def test_an_answer_that_is_too_slow_is_not_waited_for() -> None:
    with partner_server("braze") as server, opened(server, silence=0.05) as api:
        server.script(Step(seconds=5.0))
        api.post(line_of(file_of("braze"), "add"), None, "key")
        assert server.state().repeated == 1


def test_an_answer_that_comes_in_drops_is_not_waited_for_longer_than_its_whole_time() -> None:
    waiting = Waiting()

    def clock() -> datetime:
        waiting.waits.append(200.0)
        return waiting.clock()

    with partner_server("braze") as server, opened(server, waiting=waiting, clock=clock, attempts=3) as api:
        fault = fault_of(lambda: api.post(line_of(file_of("braze"), "add"), None, "key"))
    assert (fault.reason, fault.may_have_arrived) == ("unreachable", True)
    assert "in time" in fault.message


def test_nobody_there_is_unreachable_and_nothing_arrived() -> None:
    with partner_server("braze") as server:
        pass
    with opened(server, attempts=3) as api:
        fault = fault_of(lambda: api.post(line_of(file_of("braze"), "add"), None, "key"))
    assert (fault.reason, fault.may_have_arrived) == ("unreachable", False)


def test_a_removal_that_breaks_the_connection_is_halved() -> None:
    file = file_of("meta")
    with partner_server("meta") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        api.post(line_of(file, "add", 250), list_id, "add")
        server.script(Step(most_rows=100))
        api.post(line_of(file, "remove", 250), list_id, "remove")
        state = server.state()
        assert state.identifiers("1") == set()
        assert state.rows()[1:] == (250, 125, 62, 63, 125, 62, 63)
        assert "session" not in state.requests[-1]["body"]
        assert state.conflicting == 0


def test_a_removal_that_always_breaks_the_connection_ends() -> None:
    with partner_server("meta") as server, opened(server, attempts=3) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(Step(most_rows=0))
        fault = fault_of(lambda: api.post(line_of(file_of("meta"), "remove", 250), list_id, "remove"))
    assert (fault.reason, fault.may_have_arrived) == ("unreachable", True)


def test_a_segment_that_was_just_made_may_not_be_found_yet() -> None:
    waiting, file = Waiting(), file_of("linkedin")
    with partner_server("linkedin") as server, opened(server, waiting=waiting) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(*[Step(status=404, body={"message": "no such segment"})] * 2)
        api.post(line_of(file, "add"), list_id, "key")
        server.script(delete=[list_id])
        waiting.sleep(61.0)
        fault = fault_of(lambda: api.post(line_of(file, "add"), list_id, "key"))
    assert fault.reason == "list_gone"


@pytest.mark.parametrize(
    ("name", "file"),
    [param for param in FILES if DIALECTS[str(param.values[0])].fixed_list in (None, "77")],
)
def test_a_list_that_is_gone_is_a_fault_that_names_resync(name: str, file: PartnerFile) -> None:
    with partner_server(name) as server, opened(server) as api:
        fault = fault_of(lambda: api.post(line_of(file, "add"), "999", "key"))
        assert len(server.state().requests) == 1
    assert (fault.reason, fault.may_have_arrived) == ("list_gone", False)
    assert "milepost resync" in fault.next_step


def test_a_list_that_would_be_too_small_is_a_fault_that_says_who_stays_targeted() -> None:
    file = file_of("tiktok")
    with partner_server("tiktok", least_left=3) as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        api.post(line_of(file, "add"), list_id, "key")
        fault = fault_of(lambda: api.post(line_of(file, "remove"), list_id, "other"))
    assert fault.reason == "too_small"
    assert "stays targeted" in fault.next_step


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "refused"),
        (403, "permission"),
        (404, "refused"),
        (413, "refused"),
        (422, "refused"),
        (302, "refused"),
    ],
)
def test_a_refusal_is_not_tried_again(status: int, reason: str) -> None:
    with partner_server("braze") as server, opened(server) as api:
        headers = {"Location": "https://elsewhere.example"} if status == 302 else {}
        server.script(Step(status=status, headers=headers, body={"message": "no"}))
        fault = fault_of(lambda: api.post(line_of(file_of("braze"), "add"), None, "key"))
        assert server.state().rows() == (4,)
    assert (fault.reason, fault.may_have_arrived) == (reason, False)


def test_terms_that_nobody_accepted_are_a_matter_of_permission() -> None:
    error = {"error": {"code": 2650, "message": "Custom Audience Terms were not accepted"}}
    with partner_server("meta") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(Step(status=400, body=error))
        fault = fault_of(lambda: api.post(line_of(file_of("meta"), "add"), list_id, "key"))
    assert fault.reason == "permission"
