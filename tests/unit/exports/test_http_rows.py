"""Which rows a partner refused, and that the others arrive."""

from __future__ import annotations

import pytest

from exports.partners.registry import partner_named
from tests.support.http_delivery import (
    Waiting,
    file_of,
    line_of,
    opened,
)
from tests.support.partner_dialects import DIALECTS
from tests.support.partner_server import partner_server


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("google_data_manager", ("emailAddress-1", "emailAddress-3")),
        ("x", ("email-1", "email-3")),
        ("linkedin", ("SHA256_EMAIL-1", "SHA256_EMAIL-3")),
        ("microsoft", ("Email-1", "Email-3")),
        ("braze", ("external_id-1", "external_id-3")),
        ("klaviyo", ("email-1", "email-3")),
        ("iterable", ("email-1", "email-3")),
        ("trade_desk", ("DAID-1", "DAID-3")),
    ],
)
def test_rows_that_a_partner_refuses_are_told_by_position_and_the_others_arrive(
    name: str, bad: tuple[str, str]
) -> None:
    file = partner_named(name).files[0]
    with partner_server(name) as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None, file.kind)
        server.script(invalid=bad)
        answer = api.post(line_of(file, "add"), list_id, "key")
        assert (answer.rejected, answer.unplaced) == ((1, 3), 0)
        assert answer.words
        assert not any(text in word for word in answer.words for text in bad)
        there = server.state().identifiers(list_id or DIALECTS[name].fixed_list or "")
        assert {text[-1] for text in there} == {"0", "2"}


def test_rows_that_meta_does_not_name_are_counted() -> None:
    with partner_server("meta") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(invalid=["EMAIL-2"])
        answer = api.post(line_of(file_of("meta"), "add"), list_id, "key")
        assert (answer.rejected, answer.unplaced, answer.words) == ((), 1, ("invalid entries",))


def test_of_a_request_with_no_good_row_nothing_is_sent_again() -> None:
    with partner_server("x") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(invalid=["email-0", "email-1"])
        answer = api.post(line_of(file_of("x"), "add", 2), list_id, "key")
        assert answer.rejected == (0, 1)
        assert server.state().rows() == (2,)


def test_only_the_records_that_firehose_did_not_take_are_sent_again() -> None:
    file, waiting = file_of("firehose"), Waiting()
    with partner_server("firehose") as server, opened(server, waiting=waiting) as api:
        server.script(invalid=["MPID-1", "MPID-3"], passing=True)
        answer = api.post(line_of(file, "add"), None, "key")
        assert answer.rejected == ()
        state = server.state()
        assert state.rows() == (4, 2)
        assert state.identifiers("stream") == {"MPID-0", "MPID-1", "MPID-2", "MPID-3"}
        assert len(waiting.waits) == 1


def test_work_that_goes_on_at_the_partner_is_named_and_not_waited_for() -> None:
    with partner_server("google_data_manager") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None, "contacts")
        answer = api.post(line_of(file_of("google_data_manager", "contacts"), "add"), list_id, "key")
        assert len(answer.jobs) == 1
        assert len(server.state().requests) == 2
