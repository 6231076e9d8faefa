"""What a hostile author writes and a hostile sender sends, through dbt: the right members, and nothing beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.agreement import member_differences
from tests.support.generated_audiences import Project
from tests.support.hostile_texts import HOSTILE_TEXTS
from tests.support.oracle.records import Landed, World
from tests.support.pipeline import run_pipeline
from tests.support.project_files import write_landing, write_project
from tests.support.small_worlds import AS_OF, DAY, event, milliseconds, purchase
from tests.support.worlds import Scene
from transforms.definitions.rules.sizes import MOST_CRITERIA

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

_SETTINGS = {
    "project": "shop",
    "workspaces": {"shop": {"inputs": {"web": {"kind": "platform", "format": "batches"}}}},
}


def _landed(mpid: int, text: str) -> Landed:
    """A user of whom everything is called `text`, and who did one thing of that name."""
    batch = {
        "mpid": mpid,
        "timestamp_unixtime_ms": milliseconds(AS_OF - DAY),
        "user_attributes": {"plan": text, **({text: text} if text.strip() else {})},
        "user_identities": {"email": text},
        "events": [
            event(text, value=text, **({text: text} if text else {})),
            purchase({"id": text, "name": text}),
        ],
    }
    return Landed("shop", "web", "a.jsonl", mpid, AS_OF, batch)


def _nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {"user": {"attribute": "plan", "exact": "deep"}}
    for level in range(levels):
        key = ("all", "any", "none", "exclude")[level % 4]
        found = {key: [{"user": {"attribute": "plan", "contains": "e"}}, found]}
    return found


def _audiences() -> list[dict[str, Any]]:
    criteria: list[dict[str, Any]] = []
    for text in HOSTILE_TEXTS:
        attribute = text if text.strip() else "plan"
        criteria += [
            {
                "any": [
                    {"user": {"attribute": attribute, "contains": text}},
                    {"event": {"name": text, "where": {attribute: {"not_exact": text}}}},
                ]
            },
            {
                "all": [
                    {"event": {"name": {"ends_with": text}, "where": {"value": {"in": [text, "other"]}}}},
                    {"ecommerce": {"action": "purchase", "product": {"name": {"starts_with": text}}}},
                    {"identity": {"type": "email", "exact": text}},
                ],
                "exclude": [{"user": {"attribute": attribute, "pattern": "no such text"}}],
            },
        ]
    plans = [f"plan {number}" for number in range(10_000)]
    criteria += [
        {"user": {"attribute": "plan", "in": [*plans, "DEEP"]}},
        {"user": {"attribute": "plan", "not_in": [*plans, "DEEP"]}},
        {"event": {"name": {"in": [*plans, HOSTILE_TEXTS[0]]}}},
        {
            "any": [
                {"user": {"attribute": "plan", "exact": f"{plan}"}}
                for plan in [*plans[: MOST_CRITERIA - 1], "deep"]
            ]
        },
        {"all": [{"user": {"attribute": "plan", "not_exact": plan}} for plan in plans[:MOST_CRITERIA]]},
        {"none": [{"event": {"name": plan}} for plan in plans[: MOST_CRITERIA // 2]]},
        _nested(48),
    ]
    names = {"name": "'; drop table x; -- {{ 1+1 }}", "owner": "{% raw %}", "tags": ["{{ x }}", "*/ '"]}
    return [{"audience": f"a_{number}", **names, "criteria": body} for number, body in enumerate(criteria)]


def _tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_hostile_definitions_have_the_right_members_and_write_nothing_else(tmp_path: Path) -> None:
    texts = [*HOSTILE_TEXTS, "deep", "plain"]
    landing = tuple(_landed(mpid, text) for mpid, text in enumerate(texts, 1))
    project = Project(Scene(World(_SETTINGS, landing), AS_OF), _audiences(), [])
    home = tmp_path / "home"
    write_project(home / "project", project.scene.world, project.audiences, [])
    write_landing(home / "data", project.scene.world)
    (tmp_path / "x").write_text("kept")
    found = run_pipeline(home / "project", home / "data", AS_OF)
    expected = project.oracle().all_members()
    assert member_differences(expected, found) == {}
    # Each text finds the user who has it, so that agreeing is not agreeing on nobody.
    assert sum(bool(members) for members in found.values()) > len(found) - 8
    assert _tree(tmp_path) - {f"home/{path}" for path in _tree(home)} == {"x"}
    assert {path.partition("/")[0] for path in _tree(home)} == {"project", "data"}
