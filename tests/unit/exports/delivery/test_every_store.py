"""One way into every store: S3 by moto's server, Google and Azure by a small one that speaks their calls.

What is Google's and Azure's own is how they are signed in to, and what they answer.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncssh
import httpx
import pytest

from exports.delivery import object_store
from exports.delivery.backoff import Patience
from exports.delivery.carriers import carrier
from exports.delivery.faults import DeliveryError, Fault
from exports.delivery.folder import Folder
from exports.delivery.refresh_tokens import RefreshTokens
from tests.support.definitions import PLACE
from tests.support.object_servers import Bucket, Troubled, moto, served
from transforms.definitions.connection_records import Output
from transforms.definitions.destinations import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Literal

NAME = "buyers_20180103T000000Z.csv"
KINDS = ("s3", "gcs", "azure")
SERVICE_KEY = asyncssh.generate_private_key("ssh-rsa").export_private_key("pkcs8-pem").decode()
#: moto shows objects to whoever signs, however.
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/20180103/eu-west-1/s3/aws4_request"}
SLOW_DOWN = (503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")


class Store:
    """A store that runs, and deliveries to it."""

    def __init__(
        self,
        kind: Literal["s3", "gcs", "azure"],
        address: str,
        server: Troubled,
        bucket: Bucket | None,
        local: Path,
    ) -> None:
        self.kind: Literal["s3", "gcs", "azure"] = kind
        self.address = address
        self.server = server
        self.bucket = bucket
        self.local = local
        self.waited: list[float] = []
        self.secrets = _secrets(kind)

    def deliver(
        self,
        *contents: bytes,
        name: str = NAME,
        attempts: int = 6,
        bucket: str = "shop",
        path: str = "in/meta",
        endpoint: str | None = None,
    ) -> None:
        file = self.local / "to_send"
        place = ObjectStore(self.kind, bucket, path, "eu-west-1", endpoint or self.address, "LAKE")
        found = carried(place, self.local, self.secrets, Patience(self.waited.append, attempts=attempts))
        with found as opened:
            for content in contents:
                file.write_bytes(content)
                opened.put(file, name)

    def fault(self, *contents: bytes, **changes: Any) -> Fault:
        with pytest.raises(DeliveryError) as given_up:
            self.deliver(*contents or (b"abc",), **changes)
        fault = given_up.value.fault
        for secret in self.secrets.values():
            assert secret not in fault.message
        assert "<" not in fault.message
        return fault

    def files(self) -> dict[str, bytes]:
        if self.bucket is not None:
            return self.bucket.objects
        listed = httpx.get(f"{self.address}/shop?list-type=2").text
        names = [part.split("</Key>")[0] for part in listed.split("<Key>")[1:]]
        answers = {name: httpx.get(f"{self.address}/shop/{name}", headers=SIGNED) for name in names}
        return {name: answer.raise_for_status().content for name, answer in answers.items()}


def carried(
    place: ObjectStore, local: Path, secrets: dict[str, str], patience: Patience
) -> AbstractContextManager[Any]:
    output = Output("meta", "meta_csv", "own", place, None, PLACE)
    kept = RefreshTokens(local / "refresh_tokens")
    found = carrier(output, Folder(local), secrets.get, patience, lambda: datetime(2018, 1, 3), kept)
    assert found is not None
    return found


def _secrets(kind: Literal["s3", "gcs", "azure"]) -> dict[str, str]:
    match kind:
        case "s3":
            return {"LAKE_ACCESS_KEY_ID": "AKIAEXAMPLE", "LAKE_SECRET_ACCESS_KEY": "a secret of S3"}
        case "gcs":
            account = {"client_email": "shop@example.iam", "private_key": SERVICE_KEY, "private_key_id": "1"}
            return {"LAKE_SERVICE_ACCOUNT": json.dumps(account)}
        case "azure":
            return {
                "LAKE_ACCOUNT": "shopdata",
                "LAKE_KEY": base64.b64encode(b"a secret of Azure").decode(),
            }


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, tuple[str, Troubled, Bucket | None]]]:
    s3, bucket = Troubled(moto()), Bucket()
    small = Troubled(bucket)
    with served(s3) as s3_address, served(small) as address:
        of_small = (address, small, bucket)
        yield {"s3": (s3_address, s3, None), "gcs": of_small, "azure": of_small}


@pytest.fixture
def store(
    request: pytest.FixtureRequest, servers: dict[str, tuple[str, Troubled, Bucket | None]], tmp_path: Path
) -> Iterator[Store]:
    kind = getattr(request, "param", "s3")
    address, server, bucket = servers[kind]
    server.troubles = []
    if bucket is None:
        httpx.post(f"{address}/moto-api/reset").raise_for_status()
        httpx.put(f"{address}/shop").raise_for_status()
    else:
        bucket.objects.clear()
    server.requests.clear()
    yield Store(kind, address, server, bucket, tmp_path)
    server.troubles = []


every_store = pytest.mark.parametrize("store", KINDS, indirect=True)


@every_store
@pytest.mark.parametrize("content", [b"", b"abc", os.urandom(300_000)])
def test_a_file_arrives_under_its_name(store: Store, content: bytes) -> None:
    store.deliver(content)
    assert store.files() == {f"in/meta/{NAME}": content}
    assert store.server.requests[0][0] == "PUT"


@every_store
def test_a_bucket_needs_no_path(store: Store) -> None:
    store.deliver(b"abc", path="")
    assert store.files() == {NAME: b"abc"}


@every_store
def test_the_same_bytes_again_change_nothing_and_other_bytes_are_a_fault(store: Store) -> None:
    store.deliver(b"abc", b"abc")
    for other in (b"abd", b"ab", b"abcd", b""):
        fault = store.fault(other)
        assert (fault.reason, fault.may_have_arrived) == ("refused", False)
        assert NAME in fault.message
    assert store.files() == {f"in/meta/{NAME}": b"abc"}


@every_store
def test_a_large_file_goes_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_store, "_MOST_IN_ONE", 2**20)
    monkeypatch.setattr(object_store, "_PART", 5 * 2**20)
    content = os.urandom(11 * 2**20)
    store.deliver(content, content)
    assert store.files() == {f"in/meta/{NAME}": content}
    assert sum(method == "PUT" for method, _ in store.server.requests) in (3, 4)
    assert store.fault(content[:-1] + b"x").reason == "refused"
    assert store.files() == {f"in/meta/{NAME}": content}


@every_store
@pytest.mark.parametrize(
    "troubles",
    [[SLOW_DOWN] * 3, [(500, "")], [(429, "")], [(408, "")], ["reset", "reset"], ["lost"], ["lost", "reset"]],
)
def test_what_passes_with_time_is_tried_again(store: Store, troubles: list[Any]) -> None:
    store.server.troubles = [*troubles]
    store.deliver(b"abc")
    assert store.files() == {f"in/meta/{NAME}": b"abc"}
    assert len(store.waited) == len(troubles)


@every_store
@pytest.mark.parametrize(
    ("trouble", "reason", "may_have_arrived"),
    [
        (SLOW_DOWN, "rate_limit", True),
        ((502, "<html>down</html>"), "unreachable", True),
        ((429, ""), "rate_limit", True),
        ("reset", "unreachable", True),
    ],
)
def test_what_does_not_pass_is_a_fault(
    store: Store, trouble: Any, reason: str, may_have_arrived: bool
) -> None:
    store.server.troubles = [trouble] * 99
    fault = store.fault(attempts=2)
    assert (fault.reason, fault.may_have_arrived) == (reason, may_have_arrived)


@every_store
def test_a_store_that_is_not_there_is_unreachable(store: Store) -> None:
    assert store.fault(endpoint="http://127.0.0.1:1").reason == "unreachable"
    assert len(store.waited) == 5


@every_store
def test_a_bucket_that_is_not_there_is_refused(store: Store) -> None:
    assert store.fault(bucket="nowhere").reason == "refused"
    assert store.waited == []


def test_a_large_file_for_a_bucket_that_is_not_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_store, "_MOST_IN_ONE", 1)
    fault = store.fault(bucket="nowhere")
    assert fault.reason == "refused"
    assert "NoSuchBucket" in fault.message


@every_store
@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "AccessDenied", "permission"),
        (403, "AuthorizationPermissionMismatch", "permission"),
        (403, "SignatureDoesNotMatch", "authentication"),
        (403, "InvalidAccessKeyId", "authentication"),
        (403, "AuthenticationFailed", "authentication"),
        (401, "InvalidAuthenticationInfo", "authentication"),
        (400, "EntityTooLarge", "refused"),
        (301, "PermanentRedirect", "refused"),
    ],
)
def test_a_refusal_is_a_fault_at_once(store: Store, status: int, code: str, reason: str) -> None:
    words = "The key AKIAEXAMPLE of jane@example.com may not."
    store.server.troubles = [(status, f"<Error><Code>{code}</Code><Message>{words}</Message></Error>")]
    fault = store.fault()
    assert fault.reason == reason
    assert "jane" not in fault.message
    assert store.waited == []
    assert str(status) in fault.message or status == 301


def test_a_name_that_is_free_again_is_tried_again(store: Store) -> None:
    store.server.troubles = [(409, "<Error><Code>ConditionalRequestConflict</Code></Error>")]
    store.deliver(b"abc")
    assert store.files() == {f"in/meta/{NAME}": b"abc"}


def test_a_session_token_is_sent(store: Store) -> None:
    store.secrets["LAKE_SESSION_TOKEN"] = "a token"
    store.deliver(b"abc")
    _, environ = store.server.requests[0]
    assert environ["HTTP_X_AMZ_SECURITY_TOKEN"] == "a token"
    assert "Credential=AKIAEXAMPLE/" in environ["HTTP_AUTHORIZATION"]


def test_what_the_environment_says_of_other_stores_does_not_matter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "another token")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    store.deliver(b"abc")
    _, environ = store.server.requests[0]
    assert "Credential=AKIAEXAMPLE/" in environ["HTTP_AUTHORIZATION"]
    assert "/eu-west-1/" in environ["HTTP_AUTHORIZATION"]
    assert "HTTP_X_AMZ_SECURITY_TOKEN" not in environ


@every_store
def test_variables_that_are_not_set_are_named(store: Store) -> None:
    for missing in store.secrets:
        left = {name: value for name, value in store.secrets.items() if name != missing}
        whole, store.secrets = store.secrets, left
        fault = store.fault()
        assert fault.reason == "authentication"
        assert missing in fault.message
        store.secrets = whole
    assert store.server.requests == []


@every_store
def test_variables_are_read_in_the_block_where_a_fault_is_recorded(store: Store) -> None:
    place = ObjectStore(store.kind, "shop", "", None, None, "LAKE")
    assert carried(place, store.local, {}, Patience(store.waited.append))


@pytest.mark.parametrize(
    ("store", "secret"),
    [
        ("gcs", '{"private_key": "s3cr3t"}'),
        ("gcs", '{"private_key": "s3cr3t", "client_email": "a@example.com", "private_key_id": "1"}'),
        ("gcs", '{"private_key": s3cr3t'),
        ("azure", "s3cr3t is no base64"),
    ],
    indirect=["store"],
)
def test_a_key_that_cannot_be_read_is_not_repeated(store: Store, secret: str) -> None:
    store.secrets = dict.fromkeys(store.secrets, secret)
    fault = store.fault()
    assert fault.reason == "authentication"
    assert "s3cr3t" not in fault.message
