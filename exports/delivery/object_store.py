"""Objects in S3, Google or Azure storage: one that is there is never replaced (partners.md §6.5, §6.7)."""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from obstore import exceptions
from obstore.store import AzureStore, GCSStore, S3Store

from exports.delivery.backoff import PassingError
from exports.delivery.faults import DeliveryError, Fault, scrubbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from exports.delivery.backoff import Patience
    from exports.delivery.secrets import Secrets
    from transforms.definitions.destinations import ObjectStore

# What is put whole is held in memory, and only that can be refused where an object is there.
_MOST_IN_ONE = 64 * 1024 * 1024
_PART = 16 * 1024 * 1024
_PARTS_AT_ONCE = 4
_STATUS = re.compile(r"status code: (\d{3})")
_SAID = re.compile(r"<(Code|Message)>([^<]*)</")
#: What S3 and Azure call a refusal of who signs, not of what they may do: both have the status 403.
_UNKNOWN_USER = re.compile(
    "<Code>(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|RequestTimeTooSkewed|AuthenticationFailed)<"
)
_S3_REGION = "us-east-1"
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_RESUME = "then `milepost resume`"
#: Ours are longer, and say what is going on.
_RETRIES = {"max_retries": 0}


@dataclass(frozen=True)
class Bucket:
    """A bucket, below a path of it."""

    store: Any
    destination: ObjectStore
    secrets: frozenset[str]
    patience: Patience

    def put(self, path: Path, name: str) -> None:
        """The bytes at `path` are the object `name`; other bytes under it are a `refused` fault.

        Up to 64 MB the store itself refuses to replace an object; what is larger goes in parts, after a look.
        """
        folder = self.destination.path.strip("/")
        key = f"{folder}/{name}" if folder else name

        def once() -> None:
            try:
                self._put(path, key)
            except exceptions.AlreadyExistsError:
                if not self._is_there(key):
                    # 409 of S3: another upload of the name was under way, and came to nothing.
                    words = "the name was taken, and is free again"
                    raise PassingError(Fault("unreachable", words, f"wait, {_RESUME}")) from None
                self._compare(path, key)

        self.patience.tried(lambda: self._told(once))

    def _told(self, action: Callable[[], None]) -> None:
        """The store's exceptions as faults. Their own words hold addresses, which may be signed: no cause is kept."""
        try:
            action()
        except (exceptions.BaseError, FileNotFoundError) as error:
            answer = str(error).partition("\n\nDebug source:")[0]
            raise _judged(answer, self.destination, self.secrets) from None

    def _put(self, path: Path, key: str) -> None:
        if path.stat().st_size <= _MOST_IN_ONE:
            self.store.put(key, path.read_bytes(), mode="create")
        elif self._is_there(key):
            self._compare(path, key)
        else:
            self.store.put(key, path, use_multipart=True, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)

    def _is_there(self, key: str) -> bool:
        try:
            self.store.head(key)
        except FileNotFoundError:
            return False
        return True

    def _compare(self, path: Path, key: str) -> None:
        with path.open("rb") as opened:
            ours = hashlib.file_digest(opened, "sha256")
        theirs = hashlib.sha256()
        for chunk in self.store.get(key).stream():
            theirs.update(bytes(chunk))
        if theirs.digest() != ours.digest():
            words = f"another object is there under the name {key}"
            raise DeliveryError(Fault("refused", words, f"take it away there, {_RESUME}"))


@contextmanager
def bucket(destination: ObjectStore, secrets: Secrets | None, patience: Patience) -> Iterator[Bucket]:
    """The bucket of a destination, for a block; DeliveryError where its variables are not set or can't be read.

    Variables: s3 <credentials>_ACCESS_KEY_ID, _SECRET_ACCESS_KEY and, where there is one, _SESSION_TOKEN; gcs
    _SERVICE_ACCOUNT, the JSON of a key; azure _ACCOUNT and _KEY. Without `credentials` those of the machine hold.
    """
    try:
        store = _store(destination, secrets)
    except (exceptions.BaseError, ValueError):
        # The library's words may hold the key that it can't read.
        raise DeliveryError(_unreadable(destination)) from None
    yield Bucket(store, destination, frozenset() if secrets is None else frozenset(secrets.read), patience)


def _store(destination: ObjectStore, secrets: Secrets | None) -> Any:
    """The library fills what is left out from AWS_…, GOOGLE_… and AZURE_…: with `credentials` all of it is said."""
    endpoint = destination.endpoint
    options: dict[str, Any] = {
        "retry_config": _RETRIES,
        "client_options": {
            "allow_http": endpoint is not None and endpoint.startswith("http://"),
            # Of one request: 64 MB within it are 2 Mbit/s. The library's own 30 s would need 17.
            "timeout": timedelta(minutes=5),
        },
    }
    match destination.kind:
        case "s3":
            if destination.region is not None:
                options["region"] = destination.region
            if secrets is not None:
                region = destination.region or _S3_REGION
                endpoint = endpoint or f"https://s3.{region}.amazonaws.com{_china(region)}"
                credential = {
                    "access_key_id": secrets.needed("ACCESS_KEY_ID"),
                    "secret_access_key": secrets.needed("SECRET_ACCESS_KEY"),
                    "token": secrets.optional("SESSION_TOKEN"),
                    "expires_at": None,
                }
                options |= {"region": region, "skip_signature": False}
                options["credential_provider"] = lambda: credential
            if endpoint is not None:
                options |= {"endpoint": endpoint, "aws_endpoint_url_s3": endpoint}
            return S3Store(destination.bucket, **options)
        case "gcs":
            if secrets is not None:
                options |= {"service_account_key": secrets.needed("SERVICE_ACCOUNT"), "skip_signature": False}
            if endpoint is not None:
                options["base_url"] = endpoint
            return GCSStore(destination.bucket, **options)
        case "azure":
            if secrets is not None:
                account, key = secrets.needed("ACCOUNT"), secrets.needed("KEY")
                endpoint = endpoint or f"https://{account}.blob.core.windows.net"
                options |= {"account_name": account, "account_key": key, "skip_signature": False}
                options |= {"credential_type": "access_key", "use_emulator": False}
            if endpoint is not None:
                options["endpoint"] = endpoint
            return AzureStore(destination.bucket, **options)


def _china(region: str) -> str:
    return ".cn" if region.startswith("cn-") else ""


def _judged(answer: str, destination: ObjectStore, secrets: frozenset[str]) -> PassingError | DeliveryError:
    found = _STATUS.search(answer)
    status = None if found is None else int(found.group(1))
    words = _words(answer, status, secrets)
    match status:
        case None if "redirect" in answer:
            return DeliveryError(
                Fault("refused", "the bucket lies in another region", f"write its `region`, {_RESUME}")
            )
        case None if "CryptoProvider" in answer or "redential" in answer:
            # Some keys are read only when something is signed with them.
            return DeliveryError(_unreadable(destination))
        case None:
            words = "the store can't be reached, or broke off"
            return PassingError(
                Fault("unreachable", words, f"see that it runs, {_RESUME}", may_have_arrived=True)
            )
        case _ if status in _PASSING:
            reason = "rate_limit" if status in {429, 503} else "unreachable"
            return PassingError(Fault(reason, words, f"wait, {_RESUME}", may_have_arrived=True))
        case 401:
            return DeliveryError(Fault("authentication", words, f"look at the credentials, {_RESUME}"))
        case 403:
            reason = "authentication" if _UNKNOWN_USER.search(answer) else "permission"
            return DeliveryError(Fault(reason, words, f"look at the credentials, {_RESUME}"))
        case _:
            return DeliveryError(Fault("refused", words, f"look at the bucket, {_RESUME}"))


def _unreadable(destination: ObjectStore) -> Fault:
    variables = (
        "the machine's credentials" if destination.credentials is None else f"{destination.credentials}_…"
    )
    return Fault("authentication", f"{variables} can't be read", f"set the right ones, {_RESUME}")


def _words(answer: str, status: int | None, secrets: frozenset[str]) -> str:
    """What the store said, without the address, which may hold a signature."""
    said = dict.fromkeys(scrubbed(words, secrets) for _, words in _SAID.findall(answer))
    return ": ".join((str(status), *said))
