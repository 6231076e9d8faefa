"""Random writes, full of ties, against a plain replay in the order of writing."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from tests.dbt.conftest import AS_OF
from tests.support.lake import make_statement
from transforms.vocabulary import DEVICE_IDENTITY_TYPES, WRITE_ORDER

LAST_DAY = datetime(2018, 1, 31)


@pytest.mark.parametrize("seed", range(5))
def test_profiles_are_what_writes_in_order_leave_behind(compiled, seed):
    dice = random.Random(seed)
    statements = [random_write(dice, position) for position in range(400)]
    expected_attributes: dict = {}
    expected_identities: dict = {}
    devices: set = set()
    for row in sorted(statements, key=lambda row: tuple(row[name] for name in WRITE_ORDER)):
        user = (row["workspace"], row["mpid"])
        if row["said_at"] >= AS_OF or row["environment"] == "development":
            continue
        if row["statement"] == "attribute":
            expected_attributes[(*user, row["name"].lower())] = (row["is_removed"], row["name"], row["value"])
        elif row["name"] in DEVICE_IDENTITY_TYPES:
            devices |= {(*user, row["name"], row["value"])} if not row["is_removed"] else set()
        else:
            expected_identities[(*user, row["name"])] = (row["is_removed"], row["value"])

    attribute_rows = compiled.rows(
        "int_user_attributes",
        statements=statements,
        columns="workspace, mpid, attribute_key, attribute_name, value",
    )
    assert set(attribute_rows) == {
        (*key, name, value)
        for key, (is_removed, name, value) in expected_attributes.items()
        if not is_removed
    }
    identity_rows = compiled.rows(
        "int_user_identities", statements=statements, columns="workspace, mpid, identity_type, identity_value"
    )
    held = {(*key, value) for key, (is_removed, value) in expected_identities.items() if not is_removed}
    assert set(identity_rows) == held | devices
    assert len(identity_rows) == len(held | devices)


def random_write(dice: random.Random, position: int):
    is_removed = dice.random() < 0.2
    kind = dice.choice(["attribute", "identity"])
    names = {"attribute": ["plan", "Plan", "city"], "identity": ["email", "push_token", "other"]}[kind]
    value = dice.choice(["a", "b", "c"])
    return make_statement(
        workspace=dice.choice(["shop", "pos"]),
        environment=dice.choice(["production", "production", "development"]),
        mpid=dice.choice([-1, 0, 1]),
        input=dice.choice(["a/x", "a/y"]),
        said_at=LAST_DAY + timedelta(hours=dice.choice([0, 1, 23, 24])),
        received_at=LAST_DAY + timedelta(hours=dice.choice([0, 1])),
        source_path=dice.choice(["1", "10", "9"]),
        source_line=dice.choice([9, 10]),
        position=position,
        statement=kind,
        name=dice.choice(names),
        value=None if is_removed and kind == "identity" else value,
        is_removed=is_removed,
    )
