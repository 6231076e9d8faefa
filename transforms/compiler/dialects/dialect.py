"""What differs from engine to engine, as one record an engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """One target of the compiler.

    `sqlglot_name` is the dialect that writes and tokenises its SQL; `identifier_limit` the longest name of a
    model in bytes, None where there is none; `integer_type`, `text_type` and `text_list_type` are what a contract
    says of columns such as `mpid`, `variant` and `elements`.
    """

    name: str
    sqlglot_name: str
    identifier_limit: int | None
    integer_type: str
    text_type: str
    text_list_type: str
