"""A partner's API on a real socket, with the partner's lists behind it.

It keeps what a partner keeps: the identifiers of each list after adds, removes and replaces. It notices batches of a
session and idempotency keys that come again, and those that come again with other contents, which no partner could make
sense of. It misbehaves where a test asks for it. What it knows can be asked for over the socket, from any process:

    with partner_server("meta") as server:
        …Api(server.partner, server.destination, None, server.secrets, …)
        server.state().identifiers("1")
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from exports.partners.api import OAuth2
from exports.partners.registry import partner_named
from tests.support.partner_dialects import ACCOUNT, DIALECTS, Asked
from tests.support.partner_model import Model, State, Step
from transforms.definitions.destinations import HttpApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exports.partners.profile import Partner

PREFIX = "TEST"
#: Variables by name, for every partner.
SECRETS = {
    f"{PREFIX}_{suffix}": value
    for suffix, value in {
        "ACCOUNT_ID": ACCOUNT,
        "ACCESS_TOKEN": "secret-token-1234",
        "ACCESS_TOKEN_SECRET": "secret-of-token",
        "API_KEY": "secret-key-1234",
        "API_KEY_SECRET": "secret-of-key",
        "CLIENT_ID": "client-1",
        "CLIENT_SECRET": "secret-of-client",
        "REFRESH_TOKEN": "secret-refresh",
        "SECRET": "secret-of-bodies",
        "ACCESS_KEY_ID": "AKIA-1",
        "SECRET_ACCESS_KEY": "secret-of-access",
        "REGION": "eu-central-1",
        "DELIVERY_STREAM": "stream-1",
        "DATA_PROVIDER_ID": "provider-1",
        "CUSTOMER_ID": "2002",
        "DEVELOPER_TOKEN": "secret-developer",
        "API_VERSION": "202611",
    }.items()
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        pass

    def _handle(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        is_json = headers.get("content-type", "").startswith("application/") and raw[:1] in (b"{", b"[")
        asked = Asked(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            headers,
            json.loads(raw) if is_json else None,
            raw,
        )
        with self.server.lock:
            step, answer = self._answered(asked)
        self._answer(step, *answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def _answered(self, asked: Asked) -> tuple[Step, tuple[int, dict[str, str], Any]]:
        model = self.server.model
        match asked.path:
            case "/_state":
                return Step(), (200, {}, asdict(model.state()))
            case "/_script":
                model.steps += [Step(**step) for step in asked.body.get("steps", ())]
                model.invalid |= set(asked.body.get("invalid", ()))
                model.passing = asked.body.get("passing", False)
                model.rotates |= asked.body.get("rotates", False)
                model.works_late |= asked.body.get("works_late", False)
                if asked.body.get("revoke"):
                    model.first_valid_token = model.tokens + 1
                for gone in asked.body.get("delete", ()):
                    del model.lists[gone]
                return Step(), (200, {}, {})
            case "/_token":
                return Step(), model.token(asked)
        batch = model.batch(asked)
        rows = 0 if batch is None else len(batch.rows)
        model.requests.append(
            {
                "method": asked.method,
                "path": asked.path,
                "headers": dict(asked.headers),
                "body": asked.body,
                "rows": rows,
            }
        )
        step = model.steps[0] if model.steps else Step()
        if step.most_rows is not None:
            return (
                (replace(step, breaks="before"), (0, {}, {}))
                if rows > step.most_rows
                else (
                    Step(),
                    model.answer(asked, batch),
                )
            )
        if model.steps:
            model.steps.pop(0)
        if not model.allows(asked):
            return Step(), (401, {}, {"error": {"code": 190, "message": "bad token"}})
        misbehaves = step.status is not None or step.text is not None or step.breaks == "before"
        taken = (200, {}, {}) if misbehaves and not step.takes else model.answer(asked, batch)
        if step.status is not None:
            return step, (step.status, step.headers, step.body)
        return step, taken

    def _answer(self, step: Step, status: int, headers: dict[str, str], body: Any) -> None:
        if step.breaks == "before":
            self._break()
            return
        content = json.dumps(body).encode() if step.text is None else step.text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if step.seconds:
            self.wfile.flush()
            self.server.stopping.wait(step.seconds)
        try:
            if step.breaks == "middle":
                self.wfile.write(content[: len(content) // 2])
                self.wfile.flush()
                self._break()
                return
            self.wfile.write(content)
        except OSError:
            # Whoever asked did not wait.
            self.close_connection = True

    def _break(self) -> None:
        """Close with a reset, as a crash does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, model: Model) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model
        self.lock = threading.Lock()
        self.stopping = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that a test broke is no error."""


@dataclass(frozen=True)
class PartnerServer:
    """One partner, from the side of whoever posts: usable in any process that knows its address."""

    name: str
    address: str

    @property
    def partner(self) -> Partner:
        """The partner with its tokens from here."""
        partner = partner_named(self.name)
        assert partner.api is not None
        how = partner.api.authentication
        if not isinstance(how, OAuth2):
            return partner
        how = replace(how, address=f"{self.address}/_token")
        return replace(partner, api=replace(partner.api, authentication=how))

    @property
    def destination(self) -> HttpApi:
        base = "/v25.0" if self.name == "meta" else ""
        fixed = DIALECTS[self.name].fixed_list if self.name == "pinterest" else None
        return HttpApi(f"{self.address}{base}", PREFIX, fixed)

    @staticmethod
    def secrets(name: str) -> str | None:
        return SECRETS.get(name)

    def state(self) -> State:
        answer = httpx.get(f"{self.address}/_state", trust_env=False, verify=False)
        return State(**answer.json())

    def script(self, *steps: Step, **said: Any) -> None:
        """What becomes of the next requests, and `invalid` identifiers, `revoke` tokens, `delete` lists; from now on it `rotates` refresh
        tokens, and `works_late`: what is posted happens when it is asked about, in no order.
        """
        content = {"steps": [asdict(step) for step in steps], **said}
        httpx.post(f"{self.address}/_script", json=content, trust_env=False, verify=False).raise_for_status()


@contextmanager
def partner_server(name: str, *, least_left: int = 0) -> Iterator[PartnerServer]:
    """Serve one partner until the end of the block. `least_left`: changes that leave fewer identifiers are refused."""
    model = Model(name, replace(DIALECTS[name], least_left=least_left))
    with _Server(model) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield PartnerServer(name, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()
