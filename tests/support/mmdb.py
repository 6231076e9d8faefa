"""Writes a small MaxMind DB: a tree over the bits of addresses, the records, and what the file says of itself."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MARKER = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = bytes(16)
_STRING, _DOUBLE, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 3, 5, 6, 7, 9, 11


@dataclass(frozen=True)
class _Record:
    """A leaf of the tree: where its record begins in the data section."""

    offset: int


def write_mmdb(path: Path, networks: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """A database of the form of GeoLite2-City: IPv6, and IPv4 below ::/96. Of two networks the later counts."""
    tree: list[list[Any]] = [[None, None]]
    data = b""
    for network, record in networks:
        _insert(tree, _bits(network), _Record(len(data)))
        data += _encoded(record)
    count = len(tree)
    nodes = b"".join(_number(side, count).to_bytes(3, "big") for node in tree for side in node)
    about = {
        "node_count": _Unsigned(_UINT32, count),
        "record_size": _Unsigned(_UINT16, 24),
        "ip_version": _Unsigned(_UINT16, 6),
        "database_type": "Small-City",
        "languages": ["en"],
        "binary_format_major_version": _Unsigned(_UINT16, 2),
        "binary_format_minor_version": _Unsigned(_UINT16, 0),
        "build_epoch": _Unsigned(_UINT64, 1_514_808_000),
        "description": {"en": "A small one"},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(nodes + _SEPARATOR + data + _MARKER + _encoded(about))


@dataclass(frozen=True)
class _Unsigned:
    """A number of a width that the format asks for."""

    type: int
    value: int


def _bits(network: str) -> str:
    found = ip_network(network)
    before = "0" * 96 if isinstance(found, IPv4Network) else ""
    width = 32 if before else 128
    return before + f"{int(found.network_address):0{width}b}"[: found.prefixlen]


def _insert(tree: list[list[Any]], bits: str, record: _Record) -> None:
    node = 0
    for bit in map(int, bits[:-1]):
        below = tree[node][bit]
        if not isinstance(below, int):
            # A network inside another: both halves begin as what the whole was.
            tree.append([below, below])
            tree[node][bit] = below = len(tree) - 1
        node = below
    tree[node][int(bits[-1])] = record


def _number(side: int | _Record | None, count: int) -> int:
    match side:
        case None:
            return count
        case _Record():
            return count + len(_SEPARATOR) + side.offset
        case _:
            return side


def _encoded(value: Any) -> bytes:
    match value:
        case _Unsigned():
            return _sized(value.type, value.value.to_bytes(8, "big").lstrip(b"\0"))
        case str():
            return _sized(_STRING, value.encode())
        case float():
            return _head(_DOUBLE, 8) + struct.pack(">d", value)
        case int():
            return _encoded(_Unsigned(_UINT32, value))
        case list():
            return _head(_ARRAY, len(value)) + b"".join(map(_encoded, value))
        case dict():
            pairs = b"".join(_encoded(name) + _encoded(item) for name, item in value.items())
            return _head(_MAP, len(value)) + pairs
        case _:
            raise TypeError(type(value))


def _sized(kind: int, content: bytes) -> bytes:
    return _head(kind, len(content)) + content


def _head(kind: int, size: int) -> bytes:
    assert size < 285
    first, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return bytes([kind << 5 | first]) + more if kind <= 7 else bytes([first, kind - 7]) + more
