"""E-mail addresses: one address, a result for each partner's rules (partners.md §1.2)."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from typing import Literal

from sqlglot import exp

from exports.identifiers.expressions import as_known_or_trimmed, lowered, matches
from exports.identifiers.normalised import Dropped, Normalised, Plain, PlainCase, Rules

Scope = Literal["none", "gmail", "all"]

_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_](?:[\w-]*[^\W_])?")
# The engine's part: ASCII, one `@`, and a local part that neither a dot nor `+` begins, so that something is left of
# it by any rules.
_PLAIN = r"[a-z0-9][!-?\[-~]*@(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_GMAIL = ("gmail.com",)
_GMAIL_AND_GOOGLEMAIL = ("gmail.com", "googlemail.com")


def _normalise(
    text: str,
    region: str | None,
    *,
    inner_space: bool,
    dots: Scope,
    tags: Scope,
    gmail: tuple[str, ...],
) -> Normalised:
    del region
    value = unicodedata.normalize("NFC", text).strip().lower()
    if inner_space:
        value = "".join(value.split())
    if not value:
        return Dropped("empty")
    local, _, domain = value.rpartition("@")
    if _applies(tags, domain, gmail):
        local = local.partition("+")[0]
    if _applies(dots, domain, gmail):
        local = local.replace(".", "")
    unprintable = any(character.isspace() or not character.isprintable() for character in value)
    # `=` may begin an address, and begins none that anybody has: it is a formula.
    unlikely = unprintable or local.startswith("=") or not any(map(str.isalnum, local))
    if unlikely or not _DOMAIN.fullmatch(domain):
        return Dropped("not_an_email")
    return Plain(f"{local}@{domain}")


def _applies(scope: Scope, domain: str, gmail: tuple[str, ...]) -> bool:
    return scope == "all" or (scope == "gmail" and domain in gmail)


def _plain(value: exp.Expr, region: str | None) -> exp.Expr:
    del region
    return matches(lowered(value), _PLAIN)


def _value(
    value: exp.Expr, region: str | None, *, dots: Scope, tags: Scope, gmail: tuple[str, ...]
) -> exp.Expr:
    del region
    whole = lowered(value)
    if dots == tags == "none":
        return whole
    local, domain = (
        exp.Anonymous(
            this="split_part", expressions=[whole.copy(), exp.Literal.string("@"), exp.Literal.number(part)]
        )
        for part in (1, 2)
    )
    is_gmail = exp.In(this=domain.copy(), expressions=[exp.Literal.string(name) for name in gmail])
    if tags != "none":
        cut = exp.Anonymous(
            this="split_part", expressions=[local, exp.Literal.string("+"), exp.Literal.number(1)]
        )
        local = _where(tags, is_gmail, cut, local)
    if dots != "none":
        without = exp.Anonymous(
            this="replace", expressions=[local, exp.Literal.string("."), exp.Literal.string("")]
        )
        local = _where(dots, is_gmail, without, local)
    return exp.DPipe(this=exp.DPipe(this=local, expression=exp.Literal.string("@")), expression=domain)


def _where(scope: Scope, is_gmail: exp.Expr, changed: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    if scope == "all":
        return changed
    return exp.Case().when(is_gmail.copy(), changed).else_(otherwise.copy())


def _email_rules(
    name: str,
    about: str,
    *,
    inner_space: bool = False,
    dots: Scope = "none",
    tags: Scope = "none",
    gmail: tuple[str, ...] = (),
) -> Rules:
    return Rules(
        name,
        f"NFC, {'white space out' if inner_space else 'trimmed'}, lower case; {about}",
        partial(_normalise, inner_space=inner_space, dots=dots, tags=tags, gmail=gmail),
        as_known_or_trimmed(PlainCase(_plain, partial(_value, dots=dots, tags=tags, gmail=gmail))),
    )


EMAIL = _email_rules("email", "dots and `+tag` stay")


def _ascii(text: str, region: str | None) -> Normalised:
    address = EMAIL.normalise(text, region)
    is_refused = isinstance(address, Plain) and not address.value.rpartition("@")[0].isascii()
    return Dropped("not_an_email") if is_refused else address


EMAIL_ASCII = Rules(
    "email_ascii", f"{EMAIL.about}; ASCII before the @, others are dropped", _ascii, EMAIL.plain_cases
)
EMAIL_GOOGLE = _email_rules(
    "email_google",
    "of gmail.com and googlemail.com dots before the @ out, `+tag` stays",
    inner_space=True,
    dots="gmail",
    gmail=_GMAIL_AND_GOOGLEMAIL,
)
EMAIL_GOOGLE_2026 = _email_rules(
    "email_google_2026",
    "of gmail.com and googlemail.com dots before the @ and `+tag` out",
    inner_space=True,
    dots="gmail",
    tags="gmail",
    gmail=_GMAIL_AND_GOOGLEMAIL,
)
EMAIL_UID2 = _email_rules(
    "email_uid2",
    "of gmail.com, not googlemail.com, dots before the @ and `+tag` out",
    dots="gmail",
    tags="gmail",
    gmail=_GMAIL,
)
EMAIL_TIKTOK = _email_rules(
    "email_tiktok", "`+tag` out whatever the domain, dots stay", inner_space=True, tags="all"
)
EMAIL_TIKTOK_2024 = _email_rules(
    "email_tiktok_2024",
    "`+tag` and dots before the @ out whatever the domain",
    inner_space=True,
    dots="all",
    tags="all",
)
