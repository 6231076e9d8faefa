"""Users of lists and of analysts' dbt models (spec §4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.oracle.conditions import conditions, users_with
from tests.support.oracle.values import lower, written

if TYPE_CHECKING:
    from tests.support.oracle.criteria import Scope
    from tests.support.oracle.records import Value


def of_list(body: Any, scope: Scope, population: set[int]) -> set[int]:
    """A name, or a mapping with `name` and `workspace`: users who have a listed identity, or are listed."""
    body = body if isinstance(body, dict) else {"name": body}
    listed = scope.lists[body["name"]]
    profiles = scope.profiles(body)
    if listed.column == "mpid":
        mpids = {int(value) for value in listed.values}
        return population & {mpid for _, mpid, _ in profiles if mpid in mpids}
    values = {lower(value) for value in listed.values}
    return population & {
        mpid
        for _, mpid, profile in profiles
        for identity_type, value in profile.identities
        if identity_type == listed.column and lower(value) in values
    }


def of_model(body: Any, scope: Scope, population: set[int]) -> set[int]:
    """A name, or a mapping with `name` and `where`. A null is a value that is not there."""
    body = body if isinstance(body, dict) else {"name": body}
    rows: list[tuple[int, dict[str, Value]]] = []
    for mpid, row in scope.models[body["name"]]:
        if mpid is not None:
            there: dict[str, Value] = {name.lower(): text for name, text in row.items() if text is not None}
            rows.append((mpid, {**there, "mpid": str(mpid)}))
    wanted = [
        condition
        for column, operators in body.get("where", {}).items()
        for condition in conditions(written(column).lower(), operators)
    ]
    if not wanted:
        return population & {mpid for mpid, _ in rows}
    return users_with(wanted, rows, population, scope.as_of)
