from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transforms.audiences.seen import Seen, seen_in
from transforms.contracts import EVENTS, USERS

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2018, 1, 1)


def event(mpid: int, attributes: dict[str, str | None], name: str = "Play") -> dict[str, Any]:
    return {
        "workspace": "shop", "input": "shop/web", "environment": "production", "mpid": mpid, "event_id": "e",
        "event_at": AT, "received_at": AT, "event_type": "custom_event", "event_name": name,
        "attributes": list(attributes.items()), "content_digest": 0, "source_path": "p", "source_line": 1,
        "source_index": 0,
    }  # fmt: skip


def statement(
    mpid: int, kind: str, name: str, value: str | None, elements: list[str] | None = None
) -> dict[str, Any]:
    return {
        "workspace": "shop", "input": "shop/web", "environment": "production", "mpid": mpid, "said_at": AT,
        "received_at": AT, "statement": kind, "name": name, "value": value, "elements": elements,
        "is_removed": False, "source_path": "p", "source_line": 1, "position": 0,
    }  # fmt: skip


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    events = [
        event(1, {"genre": "drama", "seconds": "60", "live": "TRUE", "day": "2018-01-01", "tag": None}),
        event(2, {"genre": "drama", "seconds": " 7.5e1 ", "live": "false", "day": "2018-01-02T10:00"}),
        event(2, {"genre": "comedy", "seconds": "3"}),
    ]
    users = [
        statement(1, "attribute", "Plan", "free"),
        statement(2, "attribute", "plan", "free"),
        statement(3, "attribute", "plan", "secret-of-one"),
        statement(1, "attribute", "Likes", None, ["a", "b"]),
        statement(1, "attribute", "VIP", None),
        statement(1, "identity", "email", "a@example.com"),
        statement(2, "identity", "email", "a@example.com"),
    ]
    for name, schema, rows in (("events", EVENTS, events), ("users", USERS, users)):
        folder = tmp_path / name / "day=2018-01-01"
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows, schema), folder / "part-0.parquet")
    return seen_in(tmp_path, tmp_path / ".spill")


def test_events_are_counted_by_name_and_input(seen: Seen) -> None:
    (play,) = seen.events
    assert (play.event_type, play.event_name, play.source) == ("custom_event", "Play", "shop/web")
    assert (play.count, play.users, play.first) == (3, 2, AT)


def test_attributes_have_the_type_that_all_their_values_have(seen: Seen) -> None:
    found = {attribute.name: attribute for attribute in seen.event_attributes}
    assert {name: attribute.kind for name, attribute in found.items()} == {
        "day": "date",
        "genre": "text",
        "live": "boolean",
        "seconds": "number",
        "tag": "tag",
    }
    assert (found["genre"].count, found["genre"].distinct_values) == (3, 2)


def test_a_value_of_one_user_alone_is_not_told(seen: Seen) -> None:
    genre = next(attribute for attribute in seen.event_attributes if attribute.name == "genre")
    assert genre.values == ("drama",)
    plan = next(attribute for attribute in seen.user_attributes if attribute.name.lower() == "plan")
    assert plan.values == ("free",)
    assert (plan.count, plan.distinct_values) == (3, 2)


def test_lists_and_tags_are_told_apart(seen: Seen) -> None:
    kinds = {attribute.name: attribute.kind for attribute in seen.user_attributes}
    assert (kinds["Likes"], kinds["VIP"]) == ("list", "tag")


def test_identities_are_counted_without_their_values(seen: Seen) -> None:
    (email,) = seen.identities
    assert (email.identity_type, email.users, email.values) == ("email", 2, 1)
