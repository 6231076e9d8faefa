"""Lists and dbt models of a generated world: what a user uploads, and what an analyst writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.support.oracle.records import Listed, Table
from tests.support.world_values import TEXTS, VERSIONS

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.records import World

ENDS = ("-9223372036854775808", "9223372036854775807", "0", "-1", "9223372036854775806")
#: Column of the scores → its type in SQL, and the kind of operators that suit it.
COLUMNS = {
    "score": ("double", "number"),
    "Tier": ("integer", "number"),
    "price": ("decimal(12, 3)", "number"),
    "segment": ("varchar", "text"),
    "scored_on": ("date", "date"),
    "scored_at": ("timestamp", "date"),
    "is_member": ("boolean", "boolean"),
    "version": ("varchar", "version"),
    'it\'s "{{ 1+1 }}"': ("varchar", "text"),
}
_NUMBERS = {
    "double": ("0.1", "0.85", "1.0", "-0.0", "1e+20", "2.5e-07", "nan", "inf", "100.0"),
    "integer": ("0", "1", "2", "3", "-2147483648"),
    "decimal(12, 3)": ("0.100", "7.500", "-3.000", "100.000"),
}


def with_files(world: World, as_of: datetime, seed: int) -> World:
    """The world with three lists, a model of rows and one over the users' attributes."""
    random = Random(f"files {seed}")
    identities: dict[str, list[str]] = {"email": [], "customer_id": [], "mobile_number": []}
    mpids = list(ENDS)
    for landed in world.landing:
        for name, value in _identities(landed.batch):
            if name in identities and value is not None:
                identities[name].append(str(value))
        if landed.batch.get("mpid") is not None:
            mpids.append(str(landed.batch["mpid"]))
    emails = [_recased(random, value) for value in _some(random, identities["email"])]
    column = random.choice(["customer_id", "mobile_number"])
    lists = {
        "emails": Listed("email", (*emails, " o'hara@x.com", "nobody@x.com", 'a,"b"', "{{ 1+1 }}")),
        "others": Listed(column, tuple(_some(random, identities[column]))),
        "numbers": Listed("mpid", tuple(_some(random, mpids))),
    }
    rows = tuple(
        (
            None if random.random() < 0.05 else int(random.choice(mpids)),
            {name: _text(random, name, as_of) for name in COLUMNS},
        )
        for _ in range(40)
    )
    return replace(world, lists=lists, models={"scores": Table(rows), "attributes": Table(None)})


def _identities(batch: dict[str, Any]) -> list[tuple[str, Any]]:
    found = batch.get("user_identities") or {}
    if isinstance(found, dict):
        return list(found.items())
    return [
        (one.get("identity_type", one.get("type")), one.get("identity", one.get("value"))) for one in found
    ]


def _some(random: Random, values: list[str]) -> list[str]:
    known = sorted(set(values))
    return random.sample(known, (len(known) + 1) // 2) * random.choice([1, 2])


def _recased(random: Random, value: str) -> str:
    return value.swapcase() if value.isascii() and random.random() < 0.5 else value


def _text(random: Random, column: str, as_of: datetime) -> str | None:
    """A value as the engine writes it as text."""
    if random.random() < 0.12:
        return None
    sql_type, _ = COLUMNS[column]
    day = as_of - timedelta(days=random.choice([0, 1, 3, 7, 30]))
    match sql_type:
        case "varchar":
            return random.choice(VERSIONS if column == "version" else TEXTS)
        case "boolean":
            return random.choice(["true", "false"])
        case "date":
            return f"{day:%Y-%m-%d}"
        case "timestamp":
            return random.choice([f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y-%m-%d %H:%M:%S}"])
        case _:
            return random.choice(_NUMBERS[sql_type])


def list_text(listed: Listed, number: int) -> str:
    """A list as different programs write it: line ends, a byte order mark, comments, quotes."""
    end = ("\n", "\r\n")[number % 2]
    quoted = [
        f'"{value.replace(chr(34), chr(34) * 2)}"' if set(value) & set(',"\n') else value
        for value in listed.values
    ]
    above = ("", "\ufeff", f"# as_of 2026-01-01{end}{end}", f"\ufeff# a comment{end}")[number % 4]
    return above + end.join([listed.column, *quoted, ""])


def model_text(table: Table) -> str:
    """The SQL of an analyst's model."""
    if table.rows is None:
        return (
            "select mpid, workspace, attribute_key as name, value\n"
            "from {{ ref('int_user_attributes') }}\n"
            "where elements is null\n"
        )
    selects = [
        "select "
        + ", ".join(
            [
                f"{_cast(None if mpid is None else str(mpid), 'bigint')} as mpid",
                *(
                    f'{_cast(row[name], COLUMNS[name][0])} as "{name.replace(chr(34), chr(34) * 2)}"'
                    for name in COLUMNS
                ),
            ]
        )
        for mpid, row in table.rows
    ]
    # Nothing that a text holds is Jinja.
    return (
        "{% raw %}"
        + "\nunion all\n".join(selects).replace("{% raw %}", "{% endraw %}{{ '{% raw %}' }}{% raw %}")
        + "{% endraw %}\n"
    )


def _cast(text: str | None, sql_type: str) -> str:
    written = "null" if text is None else "'" + text.replace("'", "''") + "'"
    return f"cast({written} as {sql_type})"
