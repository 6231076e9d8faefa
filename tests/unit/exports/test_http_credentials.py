"""Who asks, and where secrets go."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from exports.delivery.backoff import Patience
from exports.delivery.http import Api
from exports.delivery.refresh_tokens import RefreshTokens
from exports.formats.format import ATTRIBUTES
from exports.partners.registry import partner_named
from tests.support.http_delivery import (
    WITH_API,
    Waiting,
    fault_of,
    file_of,
    line_of,
    lines_of,
    opened,
)
from tests.support.partner_server import SECRETS, Step, partner_server
from transforms.definitions.destinations import HttpApi

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_is_fetched_once_for_a_session_and_again_where_it_no_longer_holds() -> None:
    file = file_of("snapchat", "emails")
    with partner_server("snapchat") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None, "emails")
        api.post(line_of(file, "add"), list_id, "one")
        assert server.state().tokens == 1
        server.script(revoke=True)
        api.post(line_of(file, "add", first=4), list_id, "two")
        assert server.state().tokens == 2
        assert len(server.state().identifiers("1")) == 8


def test_a_token_is_fetched_before_it_expires() -> None:
    waiting, file = Waiting(), file_of("snapchat", "emails")
    with partner_server("snapchat") as server, opened(server, waiting=waiting) as api:
        list_id = api.list_id("Lapsed buyers", None, "emails")
        waiting.sleep(3550.0)
        api.post(line_of(file, "add"), list_id, "one")
        assert server.state().tokens == 2
        assert len(server.state().requests) == 2


def test_a_session_that_is_refused_twice_has_to_be_signed_in_again() -> None:
    file = file_of("snapchat", "emails")
    with partner_server("snapchat") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None, "emails")
        server.script(*[Step(status=401, body={"display_message": "unauthorized"})] * 2)
        fault = fault_of(lambda: api.post(line_of(file, "add"), list_id, "one"))
        assert server.state().rows() == (4, 4)
    assert (fault.reason, fault.may_have_arrived) == ("authentication", False)
    assert "sign in again" in fault.next_step


def test_a_refresh_token_that_was_taken_back_has_to_be_signed_in_again() -> None:
    secrets = {**SECRETS, "TEST_REFRESH_TOKEN": "taken-back-0123456789"}
    with partner_server("snapchat") as server, opened(server, secrets=secrets.get) as api:
        fault = fault_of(lambda: api.list_id("Lapsed buyers", None, "emails"))
        assert server.state().requests == []
    assert fault.reason == "authentication"
    assert "Token has been revoked" in fault.message


def test_a_refresh_token_that_the_partner_changes_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    kept, waiting = RefreshTokens(tmp_path / "refresh_tokens"), Waiting()
    with partner_server("snapchat") as server:
        server.script(rotates=True)
        for number in range(3):
            with opened(server, waiting=waiting, kept=kept) as api:
                api.list_id(f"List {number}", None, "emails")
                waiting.sleep(3550.0)
                api.list_id(f"List {number} once more", None, "emails")
        assert server.state().tokens == 6
    [path] = kept.folder.iterdir()
    assert path.name == "TEST_REFRESH_TOKEN.json"
    assert (path.stat().st_mode & 0o777, kept.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "secret-refresh-6" in path.read_text()


def test_a_variable_that_is_set_anew_counts_more_than_what_was_kept(tmp_path: Path) -> None:
    kept = RefreshTokens(tmp_path)
    kept.keep("TEST_REFRESH_TOKEN", "of before", "secret-stale")
    with partner_server("snapchat") as server, opened(server, kept=kept) as api:
        assert api.list_id("Lapsed buyers", None, "emails") == "1"
    assert list(tmp_path.iterdir()) == []


def test_a_refresh_token_that_was_lost_has_to_be_signed_in_again(tmp_path: Path) -> None:
    with partner_server("snapchat") as server:
        server.script(rotates=True)
        with opened(server) as api:
            api.list_id("Lapsed buyers", None, "emails")
        with opened(server, kept=RefreshTokens(tmp_path)) as api:
            fault = fault_of(lambda: api.list_id("Others", None, "emails"))
    assert fault.reason == "authentication"
    assert "sign in again" in fault.next_step


def test_an_app_signs_in_as_itself_where_the_partner_lets_it_and_there_is_no_refresh_token() -> None:
    secrets = {name: value for name, value in SECRETS.items() if name != "TEST_REFRESH_TOKEN"}
    with partner_server("pinterest") as server, opened(server, secrets=secrets.get) as api:
        api.post(line_of(file_of("pinterest", "emails"), "add"), "77", "key")
        assert len(server.state().identifiers("77")) == 4


@pytest.mark.parametrize("name", ["meta", "tiktok", "iterable", "x", "trade_desk", "firehose"])
def test_wrong_credentials_are_a_fault_without_them(name: str) -> None:
    secrets = {
        key: f"secret-wrong-{key}" if "ACCOUNT" not in key else value for key, value in SECRETS.items()
    }
    secrets |= {
        f"TEST_{key}": SECRETS[f"TEST_{key}"] for key in ("REGION", "DELIVERY_STREAM", "DATA_PROVIDER_ID")
    }
    with partner_server(name) as server, opened(server, secrets=secrets.get) as api:
        fault = fault_of(lambda: api.post(line_of(file_of(name), "add"), "1", "key"))
        assert server.state().rows() == (4,)
    assert fault.reason == "authentication"


@pytest.mark.parametrize("partner", WITH_API, ids=lambda partner: partner.name)
def test_every_variable_that_is_needed_is_asked_for_by_its_name(partner: Any) -> None:
    file = partner.files[0]
    for variable in partner.api.all_variables:
        secrets = {key: value for key, value in SECRETS.items() if key != f"TEST_{variable.suffix}"}
        with partner_server(partner.name) as server, opened(server, secrets=secrets.get) as api:

            def run(api: Api = api) -> None:
                list_id = api.list_id("Lapsed buyers", None, file.kind)
                api.post(line_of(file, "add"), list_id, "key")

            if not variable.is_needed:
                run()
                continue
            fault = fault_of(run)
        assert fault.reason == "authentication"
        assert f"TEST_{variable.suffix} is not set" in fault.message


def test_attributes_that_are_numbers_are_not_repeated_after_a_partner() -> None:
    file = file_of("iterable")
    row = {"email": "jane@example.com", ATTRIBUTES: [{"name": "ltv", "value": "1234.5"}]}
    [line] = lines_of(file, "add", [row])
    with partner_server("iterable") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(Step(status=400, body={"msg": "ltv 1234.5 is a number"}))
        fault = fault_of(lambda: api.post(line, list_id, "key"))
    assert fault.message == "ltv … is a number"


def test_words_of_a_partner_are_shown_without_identifiers_and_secrets() -> None:
    file = file_of("meta")
    [line] = lines_of(file, "add", [{"EMAIL": "", "PHONE": "", "MADID": "", "EXTERN_ID": "kunde 7"}])
    message = "kunde 7 of jane.doe@example.com, +49 170 1234567, secret-token-1234: not\nvalid"
    with partner_server("meta") as server, opened(server) as api:
        list_id = api.list_id("Lapsed buyers", None)
        server.script(Step(status=400, body={"error": {"code": 100, "message": message}}))
        fault = fault_of(lambda: api.post(line, list_id, "key"))
    assert fault.message == "… of … …, …: not valid"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://api.example.com",
        "https://user:word@api.example.com",
        "https://api.example.com?key=1",
        "ftp://api.example.com",
        "api.example.com",
    ],
)
def test_secrets_go_over_tls_alone(url: str | None) -> None:
    destination = HttpApi(url, "TEST", None)
    fault = fault_of(
        lambda: Api(
            partner_named("braze"), destination, None, SECRETS.get, Patience(lambda _: None), Waiting().clock
        )
    )
    assert fault.reason == "refused"
    assert "url" in fault.message


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    quiet = type("Quiet", (HTTPServer,), {"handle_error": lambda *_: None})
    with quiet(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        destination = HttpApi(f"https://localhost:{server.server_port}", "TEST", None)
        with Api(
            partner_named("braze"), destination, None, SECRETS.get, Patience(lambda _: None), Waiting().clock
        ) as api:
            fault = fault_of(lambda: api.post(line_of(file_of("braze"), "add"), None, "key"))
        server.shutdown()
        thread.join()
    assert (fault.reason, fault.may_have_arrived) == ("refused", False)
    assert "certificate" in fault.message


def test_nothing_of_the_environment_decides_where_requests_go(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with partner_server("braze") as server, opened(server) as api:
        api.post(line_of(file_of("braze"), "add"), None, "key")
        assert json.dumps(server.state().rows()) == "[4]"
