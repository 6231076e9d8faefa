"""The rules of A/B tests (spec §9) as `validate` and `show` tell them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, audience, write_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Runs a command over a project of one audience with these variants; connections by variant, None for everybody."""

    def run(
        variants: dict[str, float] | None, *arguments: str, connected: tuple[str | None, ...] = ()
    ) -> Answer:
        test = {} if variants is None else {"ab_test": json.dumps({"name": "t", "variants": variants})}
        connections = [
            {"connection": f"c{place}", "audience": "a", "output": "files", "status": "active"}
            | ({} if variant is None else {"variant": variant})
            for place, variant in enumerate(connected)
        ]
        sent = {"outputs": {"files": {"partner": "meta_csv"}}, "connections": connections}
        written = {"audiences/a.yml": audience("a", **test), "connections/c.yml": json.dumps(sent)}
        write_project(tmp_path / "project", written, MILEPOST)
        return answer(tmp_path, capsys, *(arguments or ("validate",)))

    return run


@pytest.mark.parametrize(
    "variants",
    [
        {"push": 50},
        {"a": 25, "b": 25, "c": 25, "d": 25},
        {"a": 33.33, "b": 66.67},
        {"all of it": 100},
        {"half off": 0.01, "x-1_B": 99.99},
    ],
)
def test_five_arms_with_control_and_shares_to_a_hundred_are_a_test(tested, variants) -> None:
    assert tested(variants).status == 0
    shown = {one["name"]: one["share"] for one in tested(variants, "show", "a", "--json").json["variants"]}
    assert shown == {**variants, "Control": round(100 - sum(variants.values()), 2)}
    assert [*shown] == [*variants, "Control"], "the order is meaning"


@pytest.mark.parametrize(
    ("variants", "told"),
    [
        (dict.fromkeys("abcde", 5), "5 variants and Control are 6; at most 5 are allowed"),
        ({"a": 60, "b": 40.01}, "the shares add up to 100.01 %, more than 100 %"),
        ({"a": 33.333}, "DEF-020"),
        ({"a": 0}, "DEF-020"),
        ({"a": -1}, "DEF-020"),
        ({"a/b": 10}, "letters, digits, spaces, `_` and `-`, at most 50 characters"),
        ({"control": 10}, "DEF-023"),
        ({"Push": 10, "push": 10}, "differ in case alone"),
    ],
)
def test_everything_else_is_refused_with_what_is_wrong(tested, variants, told: str) -> None:
    given = tested(variants)
    assert given.status == 2
    assert told in given.out
    assert "audiences/a.yml:3" in given.out


def test_outputs_take_a_variant_control_or_everybody(tested) -> None:
    connected = ("push", "Control", None)
    assert tested({"push": 40}, connected=connected).status == 0
    shown = tested({"push": 40}, "show", "a", "--json", connected=connected).json
    assert [one["variant"] for one in shown["connections"]] == ["push", "Control", None]


@pytest.mark.parametrize(
    ("variants", "told"),
    [
        (None, "it has no A/B test, so no variant `push`"),
        ({"mail": 40}, "it has no variant `push`, only mail and Control"),
    ],
)
def test_a_variant_that_was_removed_takes_its_connections_along(tested, variants, told: str) -> None:
    given = tested(variants, connected=("push", None))
    assert given.status == 2
    assert "connections/c.yml:1: error DEF-043: `a` can't be connected by `c0`" in given.out
    assert told in given.out
    assert tested(variants, connected=(None,)).status == 0
