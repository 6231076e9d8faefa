"""Objects in storage: S3 by moto's server, refusals of every store by one that only refuses."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from exports.delivery import object_store
from exports.delivery.backoff import Patience
from exports.delivery.faults import DeliveryError, Fault
from exports.delivery.object_store import bucket
from exports.delivery.secrets import Secrets
from tests.support.object_store import BUCKET, ENVIRONMENT, S3Server, s3_server
from transforms.definitions.destinations import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def started() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def server(started: S3Server) -> S3Server:
    client = started.client()
    for key in started.objects():
        client.delete_object(Bucket=BUCKET, Key=key)
    return started


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "list.csv"
    found.write_bytes(b"email\r\njane@example.com\r\n")
    return found


def put(
    endpoint: str, path: Path, *, name: str = "list.csv", within: str = "in/daily/", of: str = BUCKET
) -> list[float]:
    waited: list[float] = []
    destination = ObjectStore("s3", of, within, "us-east-1", endpoint, "S")
    with bucket(destination, Secrets("S", ENVIRONMENT.get), Patience(waited.append, attempts=3)) as opened:
        opened.put(path, name)
    return waited


def fault(endpoint: str, path: Path, **chosen: str) -> Fault:
    with pytest.raises(DeliveryError) as raised:
        put(endpoint, path, **chosen)
    assert "very secret" not in str(raised.value) + raised.value.fault.next_step
    return raised.value.fault


def test_a_file_becomes_an_object_below_the_path(server: S3Server, path: Path) -> None:
    put(server.endpoint, path)
    put(server.endpoint, path, within="")
    assert server.objects() == {"in/daily/list.csv": path.read_bytes(), "list.csv": path.read_bytes()}


def test_an_object_is_never_replaced_and_the_same_bytes_are_fine(server: S3Server, path: Path) -> None:
    put(server.endpoint, path)
    put(server.endpoint, path)
    before = server.objects()
    path.write_bytes(b"other")
    assert fault(server.endpoint, path).reason == "refused"
    assert server.objects() == before


def test_a_large_file_goes_in_parts_and_is_not_replaced_either(
    server: S3Server, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "_MOST_IN_ONE", 1_000)
    path.write_bytes(bytes(range(256)) * 80_000)
    put(server.endpoint, path)
    put(server.endpoint, path)
    assert server.objects() == {"in/daily/list.csv": path.read_bytes()}
    path.write_bytes(b"x" * 2_000)
    assert fault(server.endpoint, path).reason == "refused"


def test_a_bucket_that_is_not_there_is_a_fault_with_the_words_of_the_store(
    server: S3Server, path: Path
) -> None:
    found = fault(server.endpoint, path, of="elsewhere")
    assert found.reason == "refused"
    assert "The specified bucket does not exist" in found.message


@contextmanager
def refusing(statuses: list[int], server: S3Server | None = None) -> Iterator[str]:
    """A store that answers with these statuses, the last one for ever; 0 breaks off."""
    left = list(statuses)

    class Refusal(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = left.pop(0) if len(left) > 1 else left[0]
            if not status:
                self.close_connection = True
                return
            body = b"<Error><Code>Slow</Code><Message>for jane@example.com</Message></Error>"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"x"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            del format, arguments

    started = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = threading.Thread(target=started.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{started.server_port}"
    finally:
        started.shutdown()
        started.server_close()
        thread.join()


@pytest.mark.parametrize("statuses", [[503, 200], [500, 429, 200], [0, 200]])
def test_what_passes_is_tried_again(statuses: list[int], path: Path) -> None:
    with refusing(statuses) as endpoint:
        assert len(put(endpoint, path)) == len(statuses) - 1


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (503, "rate_limit", "503: Slow: for …"),
        (500, "unreachable", "500: Slow: for …"),
        (403, "permission", "403: Slow: for …"),
        (401, "authentication", "401: Slow: for …"),
        (400, "refused", "400: Slow: for …"),
        (0, "unreachable", "the store can't be reached, or broke off"),
    ],
)
def test_what_does_not_pass_is_a_fault(status: int, reason: str, words: str, path: Path) -> None:
    with refusing([status]) as endpoint:
        found = fault(endpoint, path)
        assert (found.reason, found.message) == (reason, words)
