"""What a partner keeps: its lists, what it was sent, and the tokens that it gave out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from tests.support.partner_dialects import Asked, Batch, matched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.partner_dialects import Dialect


@dataclass(frozen=True)
class Step:
    """What becomes of one request. `takes`: the partner does it before it misbehaves."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    text: str | None = None
    takes: bool = False
    #: The connection breaks: before an answer, or in the middle of one.
    breaks: str | None = None
    seconds: float = 0.0
    #: The connection breaks over every request of more rows.
    most_rows: int | None = None


@dataclass(frozen=True)
class State:
    """What the partner has."""

    lists: dict[str, dict[str, Any]]
    requests: tuple[dict[str, Any], ...]
    repeated: int
    conflicting: int
    tokens: int
    #: Identifier → what was said of whoever it is, the newest of each name.
    attributes: dict[str, dict[str, Any]]

    def identifiers(self, list_id: str) -> set[str]:
        return set(self.lists[list_id]["identifiers"])

    def rows(self) -> tuple[int, ...]:
        """The rows of each request that had any, in order."""
        return tuple(request["rows"] for request in self.requests if request["rows"])


class Model:
    """The partner's lists. Every call is made under one lock."""

    def __init__(self, name: str, dialect: Dialect) -> None:
        self.name = name
        self.dialect = dialect
        self.lists: dict[str, dict[str, Any]] = {}
        self.attributes: dict[str, dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.steps: list[Step] = []
        self.invalid: set[str] = set()
        self.passing = False
        self.works_late = False
        self.rotates = False
        self.refresh_token = "secret-refresh"
        self.repeated = 0
        self.conflicting = 0
        self.tokens = 0
        self.first_valid_token = 1
        self.next_id = 1
        self._seen: dict[Any, str] = {}
        self._late: list[Batch] = []
        self._sessions: dict[tuple[str, int], dict[int, Batch]] = {}
        if dialect.fixed_list is not None:
            self.lists[dialect.fixed_list] = {"name": "", "identifiers": set()}

    def batch(self, asked: Asked) -> Batch | None:
        found = matched(self.dialect.rows, asked)
        return None if found is None else self.dialect.read(asked, "".join(found.groups()))

    def answer(self, asked: Asked, batch: Batch | None) -> tuple[int, dict[str, str], Any]:
        if batch is None:
            return self._list_call(asked)
        if len(batch.rows) > self.dialect.most_rows:
            return 400, {}, {"message": "too many rows"}
        self._notice(asked, batch)
        if batch.list_id not in self.lists:
            return self.dialect.gone[0], {}, self.dialect.gone[1]
        bad = tuple(position for position, row in enumerate(batch.rows) if self.invalid.intersection(row))
        if not (bad and self.dialect.is_whole):
            good = tuple(row for position, row in enumerate(batch.rows) if position not in bad)
            said = tuple(each for position, each in enumerate(batch.attributes) if position not in bad)
            taken = replace(batch, rows=good, attributes=said)
            if self.works_late:
                self._late.append(taken)
            elif not self._take(taken):
                return self.dialect.too_small[0], {}, self.dialect.too_small[1]
        if self.passing:
            self.invalid.clear()
        status, body = self.dialect.answer(batch, bad)
        return status, {}, body

    def _notice(self, asked: Asked, batch: Batch) -> None:
        digest = hashlib.sha256(asked.raw).hexdigest()
        keys: list[Any] = [asked.headers.get("idempotency-key")]
        if batch.session is not None:
            keys.append((batch.list_id, batch.operation, *batch.session[:2]))
        for key in (key for key in keys if key is not None):
            before = self._seen.get(key)
            self._seen.setdefault(key, digest)
            self.repeated += before == digest
            self.conflicting += before not in (None, digest)

    def _take(self, batch: Batch) -> bool:
        identifiers = self.lists[batch.list_id]["identifiers"]
        texts = {text for row in batch.rows for text in row}
        match batch.operation:
            case "add":
                after = identifiers | texts
            case "remove":
                after = identifiers - texts
            case "replace":
                after = self._replaced(batch, identifiers)
        if len(after) < self.dialect.least_left:
            return False
        self.lists[batch.list_id]["identifiers"] = after
        for row, said in zip(batch.rows, batch.attributes, strict=bool(batch.attributes)):
            for text in row:
                self.attributes.setdefault(text, {}).update(said)
        return True

    def _replaced(self, batch: Batch, before: set[str]) -> set[str]:
        """The list is another one when all batches of a session are there, up to the last."""
        assert batch.session is not None
        number, sequence, _ = batch.session
        batches = self._sessions.setdefault((batch.list_id, number), {})
        batches[sequence] = batch
        last = [each for each, one in batches.items() if one.session and one.session[2]]
        if not last or set(batches) != set(range(1, last[0] + 1)):
            return before
        return {text for one in batches.values() for row in one.rows for text in row}

    def _list_call(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        dialect = self.dialect
        if matched(dialect.job, asked):
            # What was posted last is done first: there is no order among works that go on at once.
            for batch in reversed(self._late):
                self._take(batch)
            self._late.clear()
            return 200, {}, dialect.job_done
        is_delete = asked.body.get("action") == "delete" if isinstance(asked.body, dict) else False
        if matched(dialect.create, asked) and not is_delete:
            made = str(self.next_id)
            self.next_id += 1
            self.lists[made] = {"name": dialect.name_of(asked), "identifiers": set()}
            return 200, dialect.made_headers(made), dialect.made(made)
        for pattern, verb in ((dialect.rename, "rename"), (dialect.delete, "delete")):
            found = matched(pattern, asked)
            if found is None:
                continue
            list_id = found.group(1) if found.groups() else dialect.id_of and dialect.id_of(asked)
            if list_id not in self.lists:
                return dialect.gone[0], {}, dialect.gone[1]
            if verb == "delete":
                del self.lists[list_id]
            else:
                self.lists[list_id]["name"] = _new_name(asked)
            return 200, {}, dialect.made(list_id)
        return 404, {}, {"message": f"no such call: {asked.method} {asked.path}"}

    def state(self) -> State:
        lists = {
            list_id: {"name": each["name"], "identifiers": sorted(each["identifiers"])}
            for list_id, each in self.lists.items()
        }
        requests = tuple(self.requests)
        return State(lists, requests, self.repeated, self.conflicting, self.tokens, self.attributes)

    def allows(self, asked: Asked) -> bool:
        """Whether the request is signed as the partner documents it."""
        for name, value in self.dialect.headers.items():
            if asked.headers.get(name) != value:
                return False
        match self.name:
            case "x":
                return _has_oauth1(asked)
            case "trade_desk":
                return _has_body_signature(asked)
            case "firehose":
                return _has_aws_signature(asked)
            case "google_data_manager" | "snapchat" | "pinterest" | "linkedin" | "microsoft":
                scheme, _, token = asked.headers.get("authorization", "").partition(" Token-")
                return scheme == "Bearer" and self.first_valid_token <= int(token or 0) <= self.tokens
            case _:
                return True

    def token(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        """Section 6 of RFC 6749, and 4.4 for Pinterest."""
        form = dict(parse_qsl(asked.raw.decode()))
        pair = base64.b64encode(b"client-1:secret-of-client").decode()
        is_known = (
            asked.headers.get("authorization") == f"Basic {pair}"
            if self.name == "pinterest"
            else (form.get("client_id"), form.get("client_secret")) == ("client-1", "secret-of-client")
        )
        if not is_known:
            return 401, {}, {"error": "invalid_client"}
        grant = form["grant_type"]
        if grant == "refresh_token" and form["refresh_token"] != self.refresh_token:
            return 400, {}, {"error": "invalid_grant", "error_description": "Token has been revoked."}
        if grant == "client_credentials" and self.name != "pinterest":
            return 400, {}, {"error": "unsupported_grant_type"}
        self.tokens += 1
        answer = {"access_token": f"Token-{self.tokens}", "expires_in": 3600}
        if self.rotates and grant == "refresh_token":
            self.refresh_token = answer["refresh_token"] = f"secret-refresh-{self.tokens}"
        return 200, {}, answer


def _new_name(asked: Asked) -> str:
    def names(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("name", "Name", "displayName") and isinstance(inner, str):
                    yield inner
                yield from names(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from names(inner)

    return next(names(asked.body), asked.query.get("name", ""))


def _has_body_signature(asked: Asked) -> bool:
    digest = hmac.digest(b"secret-of-bodies", asked.raw, "sha1")
    return asked.headers.get("ttdsignature") == base64.b64encode(digest).decode()


def _has_oauth1(asked: Asked) -> bool:
    """RFC 5849 §3.4, written once more."""
    given = asked.headers.get("authorization", "")
    parts = dict(part.strip().split("=", 1) for part in given.removeprefix("OAuth ").split(","))
    fields = {name: value.strip('"') for name, value in parts.items()}
    signature = fields.pop("oauth_signature", "")
    if (fields.get("oauth_consumer_key"), fields.get("oauth_token")) != (
        "secret-key-1234",
        "secret-token-1234",
    ):
        return False
    pairs = sorted((quote(name, safe=""), quote(value, safe="")) for name, value in asked.query.items())
    pairs = sorted([*pairs, *fields.items()])
    address = f"http://{asked.headers['host']}{asked.path}"
    base = "&".join(
        quote(part, safe="")
        for part in (asked.method, address, "&".join(f"{name}={value}" for name, value in pairs))
    )
    digest = hmac.digest(b"secret-of-key&secret-of-token", base.encode(), "sha1")
    return signature == quote(base64.b64encode(digest).decode(), safe="")


def _has_aws_signature(asked: Asked) -> bool:
    """AWS Signature Version 4, written once more."""
    given = asked.headers.get("authorization", "")
    scheme, _, rest = given.partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    key, _, scope = fields.get("Credential", "").partition("/")
    if (scheme, key) != ("AWS4-HMAC-SHA256", "AKIA-1"):
        return False
    names = fields["SignedHeaders"].split(";")
    headers = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in names)
    digest = hashlib.sha256(asked.raw).hexdigest()
    canonical = "\n".join((asked.method, asked.path, "", headers, ";".join(names), digest))
    stamp = asked.headers["x-amz-date"]
    to_sign = "\n".join((scheme, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    secret = b"AWS4secret-of-access"
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    return scope.endswith("/eu-central-1/firehose/aws4_request") and hmac.compare_digest(
        fields["Signature"], hmac.digest(secret, to_sign.encode(), "sha256").hex()
    )
