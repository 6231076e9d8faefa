"""Digests and how they are written. What came hashed is passed on; what is empty is never hashed."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from exports.identifiers.normalised import Dropped, Plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from exports.identifiers.normalised import Rules

_ANY_DIGEST = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Encoding:
    """How a normalised value is written.

    `given` takes what came in: a digest that this encoding passes on, as it is written, else None. `expression` is
    `encode` for the engine.
    """

    name: str
    about: str
    encode: Callable[[str], str]
    given: Callable[[str], str | None]
    expression: Callable[[exp.Expr], exp.Expr]


@dataclass(frozen=True)
class Given:
    """A digest that came in as one, as a partner gets it."""

    digest: str


def recognise(text: str, region: str | None, rules: Rules, encoding: Encoding) -> Plain | Given | Dropped:
    """A value to encode, or a digest of the kind that the encoding makes, which is passed on."""
    given = encoding.given(text)
    if given is not None and not rules.hex_is_plain:
        return Dropped("empty") if given == encoding.encode("") else Given(given)
    normalised = rules.normalise(text, region)
    if isinstance(normalised, Plain):
        return normalised
    if given is not None:
        return Given(given)
    hashed_otherwise = normalised.reason != "empty" and _ANY_DIGEST.fullmatch(text.strip())
    return Dropped("already_hashed") if hashed_otherwise else normalised


def _digest(name: str, length: int) -> Encoding:
    pattern = re.compile(f"[0-9a-f]{{{length}}}")

    def encode(value: str) -> str:
        return hashlib.new(name, value.encode()).hexdigest()

    def given(text: str) -> str | None:
        value = text.strip().lower()
        return value if pattern.fullmatch(value) else None

    title = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256"}[name]
    return Encoding(
        name,
        f"{title}, lower-case hex",
        encode,
        given,
        lambda value: exp.Anonymous(this=name, expressions=[value]),
    )


def _base64_of_sha256() -> Encoding:
    def encode(value: str) -> str:
        return base64.b64encode(hashlib.sha256(value.encode()).digest()).decode()

    def given(text: str) -> str | None:
        value = text.strip()
        hexadecimal = SHA256.given(value)
        if hexadecimal is not None:
            return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
        # 44 characters whose last two bits are unused: other spellings of the same bytes are refused.
        if not re.fullmatch(r"[A-Za-z0-9+/]{43}=", value):
            return None
        return value if base64.b64encode(base64.b64decode(value)).decode() == value else None

    def expression(value: exp.Expr) -> exp.Expr:
        digest = exp.Anonymous(this="unhex", expressions=[SHA256.expression(value)])
        return exp.Anonymous(this="to_base64", expressions=[digest])

    return Encoding(
        "sha256_base64", "base64 of the 32 bytes of SHA-256, 44 characters", encode, given, expression
    )


PLAIN = Encoding("plain", "as it is", lambda value: value, lambda _: None, lambda value: value)
MD5 = _digest("md5", 32)
SHA1 = _digest("sha1", 40)
SHA256 = _digest("sha256", 64)
SHA256_BASE64 = _base64_of_sha256()

#: What a definition can name.
ENCODINGS = (PLAIN, MD5, SHA1, SHA256, SHA256_BASE64)
