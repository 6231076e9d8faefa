"""Object stores on this machine: moto's S3, and a small one that speaks what Google and Azure are asked; with troubles."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_LINES = {
    200: "200 OK",
    201: "201 Created",
    404: "404 Not Found",
    409: "409 Conflict",
    412: "412 Precondition Failed",
}


class Troubled:
    """An application that has troubles first: each of `troubles` befalls one request.

    A pair of status and body answers in its place; `reset` drops the connection before anything is done, `lost` after.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.troubles: list[tuple[int, str] | str] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.requests.append((environ["REQUEST_METHOD"], environ))
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, tuple):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            status, body = trouble
            start(f"{status} Trouble", [("Content-Length", str(len(body)))])
            return [body.encode()]
        if trouble != "reset":
            answer = b"".join(self._app(environ, start))
            if trouble is None:
                return [answer]
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return []


class Bucket:
    """The calls of Google's XML interface and of Azure's blobs that an upload makes, over one bucket named `shop`."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self._parts: dict[str, bytes] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        _, bucket, name = unquote(environ["PATH_INFO"]).split("/", 2)
        query = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
        status, answer = self._answer(environ, bucket, name, query, body)
        headers = [("Content-Length", str(len(answer))), ("Last-Modified", "Wed, 03 Jan 2018 00:00:00 GMT")]
        start(_LINES[status], [*headers, ("ETag", '"1"'), ("x-goog-generation", "1")])
        return [answer if environ["REQUEST_METHOD"] != "HEAD" else b""]

    def _answer(
        self, environ: dict[str, Any], bucket: str, name: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[int, bytes]:
        if bucket != "shop":
            code = "ContainerNotFound" if "HTTP_X_MS_VERSION" in environ else "NoSuchBucket"
            return 404, f"<Error><Code>{code}</Code><Message>There is none.</Message></Error>".encode()
        match environ["REQUEST_METHOD"], query:
            case "GET" | "HEAD", _:
                return (200, self.objects[name]) if name in self.objects else (404, b"")
            case "PUT", {"blockid": [part]} | {"partNumber": [part]}:
                self._parts[part] = body
                return 201, b""
            case "PUT", {"comp": ["blocklist"]}:
                listed = [line.split("<")[0] for line in body.decode().split("<Uncommitted>")[1:]]
                self.objects[name] = b"".join(self._parts[part] for part in listed)
                return 201, b""
            case "POST", {"uploads": _}:
                upload = "<Bucket>shop</Bucket><Key>k</Key><UploadId>7</UploadId>"
                return (
                    200,
                    f"<InitiateMultipartUploadResult>{upload}</InitiateMultipartUploadResult>".encode(),
                )
            case "POST", {"uploadId": _}:
                self.objects[name] = b"".join(self._parts[part] for part in sorted(self._parts, key=int))
                return 200, b"<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>"
            case _:
                return self._put(environ, name, body)

    def _put(self, environ: dict[str, Any], name: str, body: bytes) -> tuple[int, bytes]:
        is_google = environ.get("HTTP_X_GOOG_IF_GENERATION_MATCH") == "0"
        if (is_google or environ.get("HTTP_IF_NONE_MATCH") == "*") and name in self.objects:
            code = "PreconditionFailed" if is_google else "BlobAlreadyExists"
            return 412 if is_google else 409, f"<Error><Code>{code}</Code></Error>".encode()
        self.objects[name] = body
        return 201, b""


class _Silent(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: a dropped connection is meant."""


@contextmanager
def served(app: App) -> Iterator[str]:
    """The address of a server of `app`."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def moto() -> App:
    """moto's S3; what it holds is one for the whole process."""
    return DomainDispatcherApplication(create_backend_app)
