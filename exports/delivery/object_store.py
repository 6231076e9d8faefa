"""Objects in S3, Google or Azure storage: one that is there is never replaced (partners.md §6.5, §6.7)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from obstore import exceptions
from obstore.store import AzureStore, GCSStore, S3Store

from exports.delivery.backoff import PassingError
from exports.delivery.faults import DeliveryError, Fault, scrubbed
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from exports.delivery.backoff import Patience
    from exports.delivery.secrets import Secrets
    from transforms.definitions.destinations import ObjectStore

# What is put whole is held in memory, and only that can be refused where an object is there.
_MOST_IN_ONE = 64 * 1024 * 1024
_PART = 16 * 1024 * 1024
_STATUS = re.compile(r"status code: (\d{3})")
_SAID = re.compile(r"<(Code|Message)>([^<]*)</")
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_RESUME = "then `milepost resume`"
#: Ours are longer, and say what is going on.
_RETRIES = {"max_retries": 0}


@dataclass(frozen=True)
class Bucket:
    """A bucket, below a path of it."""

    store: Any
    path: str
    patience: Patience

    def put(self, path: Path, name: str) -> None:
        """The bytes at `path` are the object `name`; other bytes under it are a `refused` fault.

        Up to 64 MB the store itself refuses to replace an object; what is larger goes in parts, after a look.
        """
        key = f"{self.path.strip('/')}/{name}" if self.path.strip("/") else name

        def once() -> None:
            try:
                self._put(path, key)
            except exceptions.AlreadyExistsError:
                self._compare(path, key)

        self.patience.tried(lambda: _told(once))

    def _put(self, path: Path, key: str) -> None:
        if path.stat().st_size <= _MOST_IN_ONE:
            self.store.put(key, path.read_bytes(), mode="create")
        elif self._is_there(key):
            self._compare(path, key)
        else:
            self.store.put(key, path, use_multipart=True, chunk_size=_PART)

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


def bucket(destination: ObjectStore, secrets: Secrets | None, patience: Patience) -> Bucket:
    """The bucket of a destination.

    Variables: s3 <credentials>_ACCESS_KEY_ID, _SECRET_ACCESS_KEY and, where there is one, _SESSION_TOKEN; gcs
    _SERVICE_ACCOUNT, the JSON of a key; azure _ACCOUNT and _KEY. Without `credentials` those of the machine hold.
    """
    options: dict[str, Any] = {"retry_config": _RETRIES}
    if destination.endpoint is not None:
        options["endpoint"] = destination.endpoint
        if destination.endpoint.startswith("http://"):
            options["client_options"] = {"allow_http": True}
    match destination.kind:
        case "s3":
            if secrets is not None:
                options["access_key_id"] = secrets.needed("ACCESS_KEY_ID")
                options["secret_access_key"] = secrets.needed("SECRET_ACCESS_KEY")
                if (token := secrets.optional("SESSION_TOKEN")) is not None:
                    options["session_token"] = token
            if destination.region is not None:
                options["region"] = destination.region
            store: Any = S3Store(destination.bucket, **options)
        case "gcs":
            if secrets is not None:
                options["service_account_key"] = secrets.needed("SERVICE_ACCOUNT")
            if (endpoint := options.pop("endpoint", None)) is not None:
                options["url"] = endpoint
            store = GCSStore(destination.bucket, **options)
        case "azure":
            if secrets is not None:
                options["account_name"] = secrets.needed("ACCOUNT")
                options["account_key"] = secrets.needed("KEY")
            store = AzureStore(destination.bucket, **options)
    return Bucket(store, destination.path, patience)


def _told(action: Callable[[], None]) -> None:
    """The store's exceptions as faults."""
    try:
        action()
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        reason = "permission" if isinstance(error, exceptions.PermissionDeniedError) else "authentication"
        raise DeliveryError(Fault(reason, _words(error), f"look at the credentials, {_RESUME}")) from error
    except FileNotFoundError as error:
        raise DeliveryError(Fault("refused", _words(error), f"look at the bucket, {_RESUME}")) from error
    except exceptions.BaseError as error:
        status = _STATUS.search(str(error))
        if status is None:
            words = "the store can't be reached, or broke off"
            fault = Fault("unreachable", words, f"see that it runs, {_RESUME}", may_have_arrived=True)
            raise PassingError(fault) from error
        if int(status.group(1)) in _PASSING:
            reason = "rate_limit" if status.group(1) in {"429", "503"} else "unreachable"
            raise PassingError(
                Fault(reason, _words(error), f"wait, {_RESUME}", may_have_arrived=True)
            ) from error
        raise DeliveryError(Fault("refused", _words(error), f"look at the bucket, {_RESUME}")) from error


def _words(error: Exception) -> str:
    """What the store said, without the address, which may hold a signature."""
    text = str(error)
    status = _STATUS.search(text)
    said = list(dict.fromkeys(scrubbed(words) for _, words in _SAID.findall(text)))
    if status is not None:
        said.insert(0, status.group(1))
    if not said:
        raise InternalError("a store's error says nothing") from error
    return ": ".join(said)
