"""Whose an audience is, who else may take it, and under which tab it is found, through the command line."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, audience, write_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = {
    "audiences/own.yml": audience("own", workspaces="[shop]", tags="[Q4]", owner="ana@example.com"),
    "audiences/open.yml": audience("open", workspaces="[shop]", access="usable", tags="[Q4, Retargeting]"),
    "audiences/lent.yml": audience("lent", shared_with="{agency: usable}"),
    "audiences/seen.yml": audience("seen", access="usable", shared_with="{agency: view}"),
    "journeys/trial.yml": """\
        journey: trial
        workspaces: [club]
        access: view
        owner: bo@example.com
        tags: [Q4]
        milestones:
          - {milestone: started, criteria: {event: {name: Play}}}
          - {milestone: mine, access: private, owner: cy@example.com, criteria: {event: {name: Stop}}}
        """,
}
OUTPUTS = (
    "outputs:\n  ours: {partner: meta_csv}\n  theirs: {partner: meta_csv, account: agency}\nconnections:\n"
)


@pytest.fixture
def milepost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    write_project(tmp_path / "project", FILES, MILEPOST)

    def run(*arguments: str) -> Answer:
        return answer(tmp_path, capsys, *arguments)

    return run


def listed(milepost: Callable[..., Answer], *arguments: str) -> list[str]:
    return [row["id"] for row in milepost("list", "--json", *arguments).json["audiences"]]


@pytest.mark.parametrize(
    ("tab", "found"),
    [
        (("--single",), {"own", "open", "trial__started", "trial__mine"}),
        (("--multi",), {"lent", "seen"}),
        (("--shared",), {"open", "lent", "seen", "trial__started"}),
        (("--shared", "--single"), {"open", "trial__started"}),
        (("--tag", "Q4"), {"own", "open", "trial__started", "trial__mine"}),
        (("--tag", "Q4", "--tag", "Retargeting"), {"open"}),
        (("--tag", "q4"), set[str]()),
    ],
)
def test_tabs_and_tags_choose_audiences(milepost, tab: tuple[str, ...], found: set[str]) -> None:
    assert set(listed(milepost, *tab)) == found


def test_a_milestone_has_the_owner_and_access_of_its_journey_unless_it_says_otherwise(milepost) -> None:
    started, mine = (milepost("show", f"trial__{name}", "--json").json for name in ("started", "mine"))
    assert (started["owner"], started["access"]) == ("bo@example.com", "view")
    assert (mine["owner"], mine["access"]) == ("cy@example.com", "private")


@pytest.mark.parametrize(
    ("audience_id", "output", "may"),
    [
        *((one, "ours", True) for one in ("own", "open", "lent", "seen", "trial__mine")),
        *((one, "theirs", True) for one in ("open", "lent")),
        *((one, "theirs", False) for one in ("own", "seen", "trial__started", "trial__mine")),
    ],
)
def test_another_accounts_output_takes_only_what_is_usable_for_it(
    milepost, tmp_path: Path, audience_id: str, output: str, may: bool
) -> None:
    connection = f"  - {{connection: c, audience: {audience_id}, output: {output}, status: active}}\n"
    write_project(tmp_path / "project", {"connections/c.yml": OUTPUTS + connection}, None)
    found = milepost("validate")
    assert found.status == (0 if may else 2)
    assert ("agency" in found.out + found.err) is not may
    if may:
        assert milepost("show", audience_id, "--json").json["state"] == "active"


def test_list_and_show_tell_from_git_who_created_a_definition_and_when_it_was_changed(
    milepost, tmp_path: Path
) -> None:
    folder, file = tmp_path / "project", tmp_path / "project" / "audiences" / "own.yml"

    def git(*arguments: str, author: str = "Ana", at: int = 1_500_000_000) -> None:
        named = ("-c", f"user.name={author}", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        dates = {"GIT_AUTHOR_DATE": f"{at} +0000", "GIT_COMMITTER_DATE": f"{at} +0000"}
        subprocess.run(["git", *named, *arguments], cwd=folder, check=True, env={**os.environ, **dates})

    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "x", author="Ana Maria")
    file.write_text(file.read_text().replace("name: Play", "name: Stop"))
    git("commit", "-q", "-a", "-m", "y", author="Bo", at=1_500_086_400)
    rows = {row["id"]: row for row in milepost("list", "--json").json["audiences"]}
    assert {name: (row["created_by"], row["updated_at"]) for name, row in rows.items()} == {
        **dict.fromkeys(rows, ("Ana Maria", "2017-07-14T02:40:00Z")),
        "own": ("Ana Maria", "2017-07-15T02:40:00Z"),
    }
    shown = milepost("show", "own", "--json").json
    assert (shown["created_by"], shown["updated_at"]) == ("Ana Maria", "2017-07-15T02:40:00Z")
