"""Lists at partners: made, filled, emptied, renamed and deleted, over a real socket."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from exports.delivery.backoff import Patience
from exports.delivery.http import Api
from exports.formats.format import Requests
from exports.partners.registry import PARTNERS, partner_named
from tests.support.http_delivery import (
    FILES,
    WITH_API,
    Waiting,
    fault_of,
    file_of,
    line_of,
    lines_of,
    opened,
    rows_of,
)
from tests.support.partner_dialects import DIALECTS
from tests.support.partner_server import SECRETS, Step, partner_server
from transforms.definitions.destinations import HttpApi
from transforms.errors import InternalError

if TYPE_CHECKING:
    from exports.partners.profile import PartnerFile


def test_every_partner_with_requests_has_an_api_and_a_server_of_the_tests() -> None:
    with_requests = {
        partner.name
        for partner in PARTNERS
        if any(isinstance(file.format, Requests) for file in partner.files)
    }
    assert {partner.name for partner in WITH_API} == with_requests == set(DIALECTS)


@pytest.mark.parametrize(("name", "file"), FILES)
def test_lists_are_made_filled_emptied_renamed_and_deleted_as_each_partner_documents(
    name: str, file: PartnerFile
) -> None:
    fixed = DIALECTS[name].fixed_list
    made_here = not (name == "google_data_manager" and file.kind == "devices")
    with partner_server(name) as server, opened(server) as api:
        given = api.list_id("Lapsed buyers", None if made_here else "1", file.kind)
        list_id = given or fixed or ""
        if not made_here:
            api.list_id("Lapsed buyers", None, "contacts")
        assert api.list_id("another name", list_id) == (list_id if given else None)
        answer = api.post(line_of(file, "add"), given, "first")
        assert (answer.rejected, answer.unplaced, answer.words) == ((), 0, ())
        added = server.state().identifiers(list_id)
        values = {text for row in rows_of(file) for text in row.values() if isinstance(text, str)}
        assert added
        assert not values or added <= values
        assert isinstance(file.format, Requests)
        if file.format.most_removed != 0:
            api.post(line_of(file, "remove", 2), given, "second")
            left = server.state().identifiers(list_id)
            assert left == {text for text in added if text.endswith(("-2", "-3"))}
        state = server.state()
        assert state.repeated == state.conflicting == 0
        keys = [request["headers"].get("idempotency-key") for request in state.requests if request["rows"]]
        assert keys == ["first", "second"][: len(keys)]
        lists = server.partner.api.lists if server.partner.api else None
        if lists is None or given is None:
            return
        if lists.rename is not None:
            api.rename_list(given, "Another name")
            assert server.state().lists[given]["name"] == "Another name"
        if lists.delete is None:
            assert fault_of(lambda: api.delete_list(given)).reason == "refused"
            return
        api.delete_list(given)
        assert given not in server.state().lists
        api.delete_list(given)


def test_a_replaced_list_at_meta_is_exactly_the_audience_once_the_last_batch_is_there() -> None:
    file = file_of("meta")
    with partner_server("meta") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        api.post(line_of(file, "add", 3), list_id, "before")
        lines = lines_of(file, "replace", rows_of(file, 10_004, first=100))
        assert len(lines) == 2
        api.post(lines[0], list_id, "one")
        assert "EMAIL-0" in server.state().identifiers("1")
        api.post(lines[1], list_id, "two")
        api.post(lines[1], list_id, "two")
        state = server.state()
        assert {text for text in state.identifiers("1") if text.startswith("EMAIL")} == {
            f"EMAIL-{number}" for number in range(100, 10_104)
        }
        assert state.repeated == 2
        assert state.conflicting == 0


@pytest.mark.parametrize(("name", "file"), FILES)
def test_an_identifier_that_looks_like_a_placeholder_is_sent_as_it_is(name: str, file: PartnerFile) -> None:
    odd = "{audience}{account}{provider}{delivery_stream}"
    rows = [{key: [odd] if isinstance(value, list) else odd for key, value in rows_of(file, 1)[0].items()}]
    with partner_server(name) as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None, "contacts")
        [line] = lines_of(file, "add", rows)
        api.post(line, list_id, "key")
        assert server.state().identifiers(list_id or DIALECTS[name].fixed_list or "") == {odd}


@pytest.mark.parametrize(("odd", "sent"), [("1/users?x=", "1%2Fusers%3Fx%3D"), ("..", "%2E%2E")])
def test_a_list_id_can_not_leave_its_place_in_the_path(odd: str, sent: str) -> None:
    with partner_server("meta") as server, opened(server) as api:
        fault = fault_of(lambda: api.post(line_of(file_of("meta"), "add"), odd, "key"))
        assert fault.reason == "list_gone"
        assert server.state().requests[-1]["path"] == f"/v25.0/{sent}/users"


def test_a_request_about_a_list_needs_one() -> None:
    with (
        partner_server("meta") as server,
        opened(server) as api,
        pytest.raises(InternalError, match="without one"),
    ):
        api.post(line_of(file_of("meta"), "add"), None, "key")


def test_a_partner_of_files_alone_has_no_api() -> None:
    with pytest.raises(InternalError, match="has no API"):
        Api(
            partner_named("hubspot"),
            HttpApi(None, "A", None),
            None,
            {}.get,
            Patience(lambda _: None),
            Waiting().clock,
        )


def test_a_list_is_not_made_twice_where_the_first_may_have_been_made() -> None:
    with partner_server("meta") as server, opened(server) as api:
        server.script(Step(breaks="middle", takes=True))
        fault = fault_of(lambda: api.list_id("Lapsed buyers", None))
        assert list(server.state().lists) == ["1"]
    assert (fault.reason, fault.may_have_arrived) == ("unreachable", True)
    assert "list: ID" in fault.next_step


def test_a_list_is_made_where_it_surely_was_not() -> None:
    with partner_server("meta") as server, opened(server) as api:
        server.script(Step(status=503, body={}), Step(status=429, body={}))
        assert api.list_id("Lapsed buyers", None) == "1"
        assert list(server.state().lists) == ["1"]


@pytest.mark.parametrize(("name", "kind"), [("google_data_manager", "devices"), ("pinterest", "emails")])
def test_a_list_that_can_not_be_made_has_to_be_named(name: str, kind: str) -> None:
    with partner_server(name) as server:
        destination = replace(server.destination, list=None)
        with Api(
            server.partner, destination, None, SECRETS.get, Patience(lambda _: None), Waiting().clock
        ) as api:
            fault = fault_of(lambda: api.list_id("Lapsed buyers", None, kind))
        assert server.state().requests == []
    assert "list: ID" in fault.next_step


def test_an_answer_without_an_id_makes_no_list() -> None:
    with partner_server("meta") as server, opened(server) as api:
        server.script(Step(status=200, body={"success": True}))
        fault = fault_of(lambda: api.list_id("Lapsed buyers", None))
    assert (fault.reason, fault.may_have_arrived) == ("refused", True)
