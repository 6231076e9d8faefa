"""One exchange over HTTP: a request, and an answer of a bounded size in bounded time."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import orjson

from exports.partners.answers import Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from exports.partners.api import Method

#: Answers have a line for each row at most: 10,000 of them are below 2 MB.
_MOST_BYTES = 4_000_000
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Failed before anything of the request was sent.
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
#: Broke while it was sent, or while it was answered.
_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError)


@dataclass(frozen=True)
class Timeouts:
    """Seconds: until a connection stands, between two pieces of an answer, and for the whole of one."""

    connect: float = 10.0
    silence: float = 60.0
    whole: float = 180.0


@dataclass(frozen=True)
class Sent:
    """What is sent. `address` is whole."""

    method: Method
    address: str
    headers: Mapping[str, str]
    content: bytes


class Unanswered(Exception):
    """There is no answer. `is_final`: there never will be; `is_break`: the connection broke while it was in use."""

    def __init__(
        self, words: str, *, may_have_arrived: bool, is_break: bool = False, is_final: bool = False
    ) -> None:
        super().__init__(words)
        self.words = words
        self.may_have_arrived = may_have_arrived
        self.is_break = is_break
        self.is_final = is_final


def is_safe(address: str) -> bool:
    """Whether secrets may be sent there: over TLS, or to this machine; and the address itself holds none."""
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def client(timeouts: Timeouts) -> httpx.Client:
    """A client that verifies certificates, follows no redirect, and takes nothing from the environment."""
    limits = httpx.Timeout(timeouts.silence, connect=timeouts.connect)
    return httpx.Client(verify=_trusted(), timeout=limits, follow_redirects=False, trust_env=False)


@cache
def _trusted() -> ssl.SSLContext:
    """Read once: the list of authorities takes a twentieth of a second, and each connection has a client."""
    return httpx.create_ssl_context(trust_env=False)


def exchange(
    opened: httpx.Client, sent: Sent, rows: Sequence[Any], timeouts: Timeouts, clock: Callable[[], datetime]
) -> Heard:
    """Send and hear. Unanswered where there is no whole answer, or one that leads elsewhere."""
    until = clock() + timedelta(seconds=timeouts.whole)
    request = opened.build_request(
        sent.method, sent.address, headers=dict(sent.headers), content=sent.content
    )
    try:
        answer = opened.send(request, stream=True)
        try:
            content = _read(answer, until, clock)
        finally:
            answer.close()
    # The words of these errors may hold addresses, and what they were caused by more: none of it is passed on.
    except _BEFORE as error:
        if _is_untrusted(error):
            words = "the certificate of the server is not trusted"
            raise Unanswered(words, may_have_arrived=False, is_final=True) from None
        raise Unanswered("there is no connection", may_have_arrived=False) from None
    except _BROKEN:
        raise Unanswered("the connection broke", may_have_arrived=True, is_break=True) from None
    except httpx.TimeoutException:
        raise Unanswered("no answer came in time", may_have_arrived=True) from None
    except httpx.HTTPError:
        raise Unanswered("the answer can't be read", may_have_arrived=True) from None
    if answer.is_redirect:
        words = "it answered with another address, which is not followed"
        raise Unanswered(words, may_have_arrived=False, is_final=True)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Heard(answer.status_code, headers, _json(content), rows)


def _read(answer: httpx.Response, until: datetime, clock: Callable[[], datetime]) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_raw():
        size += len(piece)
        if size > _MOST_BYTES:
            raise Unanswered(f"the answer is longer than {_MOST_BYTES:,} bytes", may_have_arrived=True)
        if clock() > until:
            raise Unanswered("no whole answer came in time", may_have_arrived=True)
        pieces.append(piece)
    return b"".join(pieces)


def _json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _is_untrusted(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
