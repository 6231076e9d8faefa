"""Many audiences connected, switched on and off by one line, and what they are called at partners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, audience, write_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = {
    "audiences/a.yml": audience("a", tags="[Retargeting, Q4]"),
    "audiences/b.yml": audience("b", tags="[Retargeting]", ab_test="{name: t, variants: {push: 40}}"),
    "audiences/idea.yml": audience("idea", tags="[Retargeting]", status="draft"),
    "audiences/other.yml": audience("other", tags="[retargeting]"),
    "journeys/trial.yml": """\
        journey: trial
        tags: [Retargeting]
        milestones:
          - {milestone: started, criteria: {event: {name: Play}}}
          - {milestone: quiet, tags: [], criteria: {event: {name: Stop}}}
        """,
}
OUTPUTS = "outputs: {meta: {partner: meta_csv}}\nconnections:\n"


@pytest.fixture
def connected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Runs a command over the project with this connection."""

    def run(connection: str, *arguments: str) -> Answer:
        files = {
            **FILES,
            "connections/c.yml": f"{OUTPUTS}  - {{connection: many, output: meta, {connection}}}\n",
        }
        write_project(tmp_path / "project", files, MILEPOST)
        return answer(tmp_path, capsys, *arguments)

    return run


def states(given: Answer) -> dict[str, str]:
    assert given.status == 0, given.err
    return {row["id"]: row["state"] for row in given.json["audiences"]}


def test_a_tag_connects_and_one_word_switches_all_of_them(connected) -> None:
    on = states(connected("tag: Retargeting, status: active", "list", "--json"))
    assert {name for name, state in on.items() if state == "active"} == {"a", "b", "trial__started"}
    assert on["idea"] == "draft"
    off = states(connected("tag: Retargeting, status: inactive", "list", "--json"))
    assert "active" not in off.values()
    listed = connected("tag: Retargeting, status: inactive", "list", "--json").json["audiences"]
    assert {row["id"] for row in listed if row["outputs"]} == {"a", "b", "trial__started"}


def test_what_can_not_be_connected_is_listed_and_the_rest_is(connected) -> None:
    given = connected("tag: Retargeting, variant: push, status: active", "validate")
    assert given.status == 0
    for name, why in (("a", "no A/B test"), ("idea", "it is a draft"), ("trial__started", "no A/B test")):
        assert f"warning DEF-043: `{name}` can't be connected by `many`: " in given.out
        assert why in given.out
    on = states(connected("tag: Retargeting, variant: push, status: active", "list", "--json"))
    assert {name for name, state in on.items() if state == "active"} == {"b"}
    alone = connected("audience: idea, status: active", "validate")
    assert (alone.status, "error DEF-043" in alone.out) == (2, True)


def test_a_tag_that_nothing_has_is_warned_of_with_those_that_there_are(connected) -> None:
    given = connected("tag: Retargetting, status: active", "validate")
    assert given.status == 0
    assert "warning DEF-042" in given.out
    assert "Q4, Retargeting, retargeting" in given.out


@pytest.mark.parametrize(("tag", "status"), [("x" * 18, 0), ("ж" * 18, 0), ("x" * 19, 2)])
def test_a_tag_has_18_characters_at_most(tmp_path: Path, capsys, tag: str, status: int) -> None:
    write_project(tmp_path / "project", {"audiences/a.yml": audience("a", tags=f"[{tag}]")}, MILEPOST)
    assert answer(tmp_path, capsys, "validate").status == status


def test_an_external_name_is_the_name_unless_written_and_stands_once_at_an_output(
    tmp_path: Path, capsys
) -> None:
    files = {
        "audiences/a.yml": audience("a", name="Spring"),
        "audiences/b.yml": audience("b", external_name="Win-back"),
        "audiences/c.yml": audience("c", external_name="Spring"),
        "connections/c.yml": f"{OUTPUTS}  - {{connection: all, audiences: [a, b], output: meta, status: active}}\n",
    }
    write_project(tmp_path / "project", files, MILEPOST)
    names = {one: answer(tmp_path, capsys, "show", one, "--json").json["external_name"] for one in "abc"}
    assert names == {"a": "Spring", "b": "Win-back", "c": "Spring"}
    assert answer(tmp_path, capsys, "validate").status == 0
    both = files["connections/c.yml"].replace("[a, b]", "[a, c]")
    write_project(tmp_path / "project", {"connections/c.yml": both}, None)
    given = answer(tmp_path, capsys, "validate")
    assert given.status == 2
    assert "DEF-047: `a` and `c` have one external name at the output `meta`" in given.out
    long = {"audiences/a.yml": audience("a", external_name="x" * 101)}
    write_project(tmp_path / "long", long, MILEPOST)
    (tmp_path / "project").rename(tmp_path / "before")
    (tmp_path / "long").rename(tmp_path / "project")
    assert answer(tmp_path, capsys, "validate").status == 2
