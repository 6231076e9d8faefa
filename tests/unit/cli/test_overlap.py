"""`milepost overlap`: every figure against plain sets."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ("ants", "bees", "cats", "dogs", "eels", "frogs", "gulls")
CRITERIA = "criteria: {ecommerce: {action: purchase}}\n"
FILES = {f"audiences/{name}.yml": f"audience: {name}\n{CRITERIA}" for name in NAMES} | {
    "audiences/bees.yml": f"audience: bees\n{CRITERIA}ab_test: {{name: t, variants: {{push: 40, half off: 40}}}}\n",
    "audiences/idle.yml": f"audience: idle\n{CRITERIA}",
    "connections/meta.yml": """\
        outputs:
          meta: {partner: meta_csv}
          other: {partner: meta_csv}
        connections:
          - {connection: a, audience: ants, output: meta, status: active}
          - {connection: b, audience: bees, variant: push, output: meta, status: active}
          - {connection: b2, audience: bees, variant: Control, output: meta, status: inactive}
          - {connection: c, audience: cats, output: meta, status: inactive}
          - {connection: d, audience: ants, output: other, status: active}
        """,
}
SMALLEST, LARGEST = -(2**63), 2**63 - 1


def drawn() -> dict[str, set[int]]:
    random = Random(7)
    users = [SMALLEST, LARGEST, 0, *range(1, 200)]
    found = {name: {user for user in users if random.random() < 0.4} for name in NAMES[:-1]}
    return {**found, NAMES[-1]: set()}


SETS = drawn()
VARIANTS = {
    mpid: ("push", "half off", "Control")[place % 3] for place, mpid in enumerate(sorted(SETS["bees"]))
}


@pytest.fixture
def overlap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    write_project(tmp_path / "project", FILES, MILEPOST)
    publish(open_store(tmp_path / "data" / "published"), publication(members={**SETS, "bees": VARIANTS}))

    def run(*arguments: str) -> Answer:
        return answer(tmp_path, capsys, "overlap", *arguments)

    return run


@pytest.mark.parametrize("count", [2, 3, 6, 7])
def test_figures_are_those_of_sets(overlap, count: int) -> None:
    names = NAMES[:count]
    found = overlap(*names, "--json").json
    everybody = set().union(*(SETS[name] for name in names))
    assert found["users"] == len(everybody)
    assert {one["id"]: one["size"] for one in found["audiences"]} == {name: len(SETS[name]) for name in names}
    assert {tuple(one["audiences"]): one["users"] for one in found["pairs"]} == {
        (one, other): len(SETS[one] & SETS[other]) for one, other in combinations(names, 2)
    }
    regions: dict[tuple[str, ...], int] = {}
    for user in everybody:
        region = tuple(name for name in names if user in SETS[name])
        regions[region] = regions.get(region, 0) + 1
    assert {tuple(one["audiences"]): one["users"] for one in found["regions"]} == regions
    assert {one["id"]: one["only"] for one in found["audiences"]} == {
        name: regions.get((name,), 0) for name in names
    }


def test_members_of_two_active_connections_to_one_output_are_told(overlap) -> None:
    pushed = {mpid for mpid, variant in VARIANTS.items() if variant == "push"}
    assert overlap("ants", "bees", "cats", "--json").json["double_targeted"] == [
        {"output": "meta", "audiences": ["ants", "bees"], "users": len(SETS["ants"] & pushed)}
    ]
    assert overlap("ants", "cats").out.splitlines()[-1] == (
        "no output gets two of them by active connections"
    )


def test_people_see_pairs_and_combinations_the_largest_first(overlap) -> None:
    found = overlap("ants", "gulls")
    size = len(SETS["ants"])
    assert [" ".join(line.split()) for line in found.out.splitlines()] == [
        f"as of 2018-01-01T00:00:00Z, {size} users in any of them",
        "audience size in no other",
        f"ants {size} {size}",
        "gulls 0 0",
        "",
        "pair users of the first of the second",
        "ants and gulls 0 0.0% –",
        "",
        "in exactly users of all",
        f"ants {size} 100.0%",
        "",
        "no output gets two of them by active connections",
    ]


def test_many_audiences_stand_in_a_matrix(overlap) -> None:
    lines = overlap(*NAMES).out.splitlines()
    header = next(place for place, line in enumerate(lines) if line.startswith("in both"))
    assert lines[header + 1].split() == [
        "(1)", "ants", *(str(len(SETS["ants"] & SETS[name])) for name in NAMES)
    ]  # fmt: skip


def test_fewer_than_two_audiences_are_wrong_use(overlap) -> None:
    assert overlap("ants").status == 2
    assert overlap("ants", "ants").status == 2


def test_what_is_not_stored_can_not_be_compared(overlap) -> None:
    assert "milepost run --all" in overlap("ants", "idle").err
    assert "`ants`" in overlap("ant", "bees").err
    assert overlap("ants", "bees", "--as-of", "2018-01-02").status == 1
