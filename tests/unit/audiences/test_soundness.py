from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from tests.support.publications import AS_OF
from transforms.audiences.memberships import CalculatedAudience
from transforms.audiences.soundness import Soundness, check_soundness
from transforms.audiences.staged import Staged
from transforms.audiences.tables import write_rows
from transforms.contracts import MEMBERSHIP, PROFILES
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from pathlib import Path

MILEPOST = """\
project: shop
workspaces: {shop: {inputs: {web: {kind: platform, format: batches}}}}
"""
JOURNEY = """\
journey: trial
inputs: [shop/web]
milestones:
  - milestone: started
    criteria: {event: {name: Start}}
    next:
      - {milestone: paid, criteria: {event: {name: Pay}}}
      - {milestone: left, criteria: {event: {name: Leave}}}
      - {milestone: rest, remaining: true}
"""
TESTED = """\
audience: tested
criteria: {event: {name: Start}}
ab_test: {name: one, variants: {push: 50, email: 50}}
"""


def soundness(folder: Path, members: dict[str, list[int] | dict[int, str]]) -> Soundness:
    """Of these members; every audience that is named was calculated."""
    for name, text in (
        ("milepost.yml", MILEPOST),
        ("journeys/trial.yml", JOURNEY),
        ("audiences/tested.yml", TESTED),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    calculated = tuple(CalculatedAudience(audience_id, "hash") for audience_id in sorted(members))
    staged = Staged(folder, AS_OF, calculated)
    rows = [
        {
            "as_of": AS_OF,
            "audience_id": audience_id,
            "mpid": mpid,
            "variant": mpids[mpid] if isinstance(mpids, dict) else None,
        }
        for audience_id, mpids in sorted(members.items())
        for mpid in mpids
    ]
    write_rows(staged.members, MEMBERSHIP, pa.Table.from_pylist(rows, MEMBERSHIP))
    write_rows(staged.profiles, PROFILES, PROFILES.empty_table())
    return check_soundness(load_definitions(folder), staged)


def test_splits_that_add_up_are_sound(tmp_path: Path) -> None:
    found = soundness(
        tmp_path,
        {"trial__started": [1, 2, 3], "trial__paid": [1], "trial__left": [3], "trial__rest": [2]},
    )
    assert found == Soundness({}, {}, {}, {}, {})


def test_users_written_more_than_once_are_counted_once_each(tmp_path: Path) -> None:
    found = soundness(tmp_path, {"trial__started": [1, 2, 2, 2, 3, 3], "trial__paid": [1]})
    assert found.repeated == {"trial__started": 2}


def test_users_in_two_splits_are_found_under_their_parent(tmp_path: Path) -> None:
    found = soundness(
        tmp_path,
        {"trial__started": [1, 2, 3], "trial__paid": [1, 2], "trial__left": [2, 3], "trial__rest": []},
    )
    assert found.overlapping == {"trial__started": 1}
    assert found.missing == {}


def test_a_user_written_twice_in_one_split_is_not_in_two(tmp_path: Path) -> None:
    found = soundness(tmp_path, {"trial__started": [1], "trial__paid": [1, 1], "trial__left": []})
    assert found.overlapping == {}


def test_users_of_a_parent_in_none_of_its_splits_are_missing(tmp_path: Path) -> None:
    whole = {"trial__started": [1, 2, 3, 4], "trial__paid": [1], "trial__left": [2]}
    assert soundness(tmp_path, {**whole, "trial__rest": [9]}).missing == {"trial__started": 2}


@pytest.mark.parametrize("left_out", ["trial__started", "trial__paid", "trial__rest"])
def test_splits_of_which_one_was_not_calculated_need_not_add_up(tmp_path: Path, left_out: str) -> None:
    members: dict[str, list[int] | dict[int, str]] = {
        "trial__started": [1, 2],
        "trial__paid": [1],
        "trial__left": [],
        "trial__rest": [],
    }
    del members[left_out]
    assert soundness(tmp_path, members).missing == {}


def test_members_in_an_empty_arm_are_strays(tmp_path: Path) -> None:
    members = {"tested": {1: "push", 2: "email", 3: "Control", 4: "Control"}}
    assert soundness(tmp_path, {**members}).strays == {"tested": 2}
