"""`deliver:` of an output: where its files go. Secrets are named, never written (spec §10).

DEF-151 no name of environment variables; DEF-152 no host key; DEF-153 no server or address, or one with a secret in it, or
one that others can read along. Keys of another destination are unknown keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from transforms.documents.fields import Field, Values, defaulted, needed, optional, record
from transforms.documents.nodes import Mapping, Scalar
from transforms.documents.readers import Invalid, Reader, choice, integer, text, unrepeated

if TYPE_CHECKING:
    from transforms.documents.nodes import Node
    from transforms.documents.report import Report

#: An access key of AWS is 20 capitals and digits in a row, and would pass for a name.
_CREDENTIALS = r"^(?!.*[A-Z0-9]{20})[A-Z_][A-Z0-9_]{0,99}$"
_SERVER = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$"
#: Neither a user nor a query, which may be secrets.
_ADDRESS = r"^(https://|http://(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$))[^\s@?#]*$"
#: No `..`, which leads out of what the definition names.
_FOLDER = r"^(?!(.*/)?\.\.(/|$))[^\\]*$"
_HOST_KEY = r"^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+=*$"
_SFTP_PORT = 22


@dataclass(frozen=True)
class Local:
    """Below the data folder, in exports/<connection>/."""


@dataclass(frozen=True)
class Sftp:
    """A folder of an SFTP server. `host_key` is the server's public one; None: the environment has it.

    `temporary`: a file is written under another name and renamed (`hidden`: `.name.part`, `suffix`: `name.part`), or
    under its own where the server refuses that (`none`).
    """

    host: str
    port: int
    path: str
    credentials: str
    host_key: str | None
    temporary: Literal["hidden", "suffix", "none"]


@dataclass(frozen=True)
class ObjectStore:
    """A bucket, or a container of Azure. `credentials` None: those of the machine."""

    kind: Literal["s3", "gcs", "azure"]
    bucket: str
    path: str
    region: str | None
    endpoint: str | None
    credentials: str | None


@dataclass(frozen=True)
class HttpApi:
    """The partner's API, at `url` where it is not the partner's usual one. `list`: the id of a list that is there."""

    url: str | None
    credentials: str
    list: str | None


Destination = Local | Sftp | ObjectStore | HttpApi


_CREDENTIALS_READER = unrepeated(
    _CREDENTIALS,
    "DEF-151",
    "how the names of environment variables begin, such as `META_SFTP`",
    "secrets stay out of the definitions: docs/deliveries.md says which variables to set",
)
_ADDRESS_READER = unrepeated(
    _ADDRESS,
    "DEF-153",
    "an address such as `https://api.example.com`",
    "https, without a user and what follows a `?`; http for this machine alone",
)
CREDENTIALS = optional(
    "credentials", _CREDENTIALS_READER, "How the names of the variables with its secrets begin."
)
HOST = needed(
    "host",
    unrepeated(
        _SERVER,
        "DEF-153",
        "a server such as `sftp.example.com`",
        "its name alone: `port` and `path` are keys, and the user is a variable",
    ),
    "",
    "The SFTP server.",
)
PORT = defaulted("port", integer(least=1, most=65535), _SFTP_PORT, "Its port.")
PATH = defaulted("path", text(pattern=_FOLDER, expected="a folder without `..`"), "", "The folder there.")
HOST_KEY = optional(
    "host_key",
    unrepeated(
        _HOST_KEY, "DEF-152", "the server's public key as in known_hosts, such as `ssh-ed25519 AAAA…`"
    ),
    "The server's public key; default: that of the environment.",
)
TEMPORARY = defaulted(
    "temporary",
    choice("hidden", "suffix", "none"),
    "hidden",
    "What a file is called before it is whole: `.name.part`, `name.part`, or its own name.",
)
NEEDED_CREDENTIALS = needed(
    "credentials", _CREDENTIALS_READER, "", "How the names of the variables with its secrets begin."
)
BUCKET = needed("bucket", text(expected="a bucket"), "", "The bucket, or the container of Azure.")
BUCKET_REGION = optional("region", text(expected="a region"), "The region of the bucket.")
ENDPOINT = optional("endpoint", _ADDRESS_READER, "The address of a store that is not the usual one.")
URL = optional("url", _ADDRESS_READER, "The address of the API; default: the partner's own.")
LIST = optional("list", text(expected="the id of a list"), "A list that is there; default: one is made.")


def _local(values: Values, report: Report) -> Destination:
    del values, report
    return Local()


def _sftp(values: Values, report: Report) -> Destination:
    del report
    return Sftp(
        values[HOST],
        values[PORT],
        values[PATH],
        values[NEEDED_CREDENTIALS],
        values[HOST_KEY],
        cast("Literal['hidden', 'suffix', 'none']", values[TEMPORARY]),
    )


def _object_store(kind: Literal["s3", "gcs", "azure"]) -> Any:
    def made(values: Values, report: Report) -> Destination:
        del report
        return ObjectStore(
            kind,
            values[BUCKET],
            values[PATH],
            values[BUCKET_REGION] if kind == "s3" else None,
            values[ENDPOINT],
            values[CREDENTIALS],
        )

    return made


def _http(values: Values, report: Report) -> Destination:
    del report
    return HttpApi(values[URL], values[NEEDED_CREDENTIALS], values[LIST])


_KINDS: dict[str, tuple[tuple[Field[Any], ...], Any]] = {
    "local": ((), _local),
    "sftp": ((HOST, PORT, PATH, NEEDED_CREDENTIALS, HOST_KEY, TEMPORARY), _sftp),
    "s3": ((BUCKET, PATH, BUCKET_REGION, ENDPOINT, CREDENTIALS), _object_store("s3")),
    "gcs": ((BUCKET, PATH, ENDPOINT, CREDENTIALS), _object_store("gcs")),
    "azure": ((BUCKET, PATH, ENDPOINT, CREDENTIALS), _object_store("azure")),
    "http": ((URL, NEEDED_CREDENTIALS, LIST), _http),
}


def destination() -> Reader[Destination]:
    """A destination by its `to`, with the keys of that one alone."""
    readers = {name: _reader(name) for name in _KINDS}
    expected = f"`to:` one of {', '.join(f'`{name}`' for name in _KINDS)}, with its keys"

    def read(node: Node, report: Report) -> Destination | Invalid:
        to = node.get("to") if isinstance(node, Mapping) else None
        name = to.text if isinstance(to, Scalar) else None
        # Where the kind is not known, `local` says what `to` may be.
        return readers.get(name or "", readers["local"]).read(node, report)

    schema = {"oneOf": [reader.schema for reader in readers.values()]}
    return Reader(read, schema, expected)


def _reader(name: str) -> Reader[Destination]:
    fields, made = _KINDS[name]
    allowed = (name,) if name != "local" else tuple(_KINDS)
    to = needed("to", choice(*allowed), name, "Where files go.")
    reader = record((to, *fields), made, "`deliver`")
    if name == "local":
        schema = {**reader.schema, "properties": {"to": {"const": "local"}}}
        return Reader(reader.read, schema, reader.expected)
    return reader
