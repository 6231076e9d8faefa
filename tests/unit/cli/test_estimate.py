"""`milepost estimate` over a small lake, of which a part is a sample."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from orchestration import estimating
from tests.support.command import Answer, answer
from tests.support.lake import make_event, make_statement, write_lake
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from tests.support.run_models import model, small_run_models
from tests.support.shared_data import REPOSITORY
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.audiences.redefined import calculated_by
from transforms.compiler.models import definition_hash
from transforms.definitions.load import load_definitions
from transforms.ingest import sample
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = datetime(2018, 1, 31)
FILES = {
    "audiences/players.yml": """\
        audience: players
        criteria:
          all:
            - event: {name: Play}
            - any:
                - user: {attribute: plan, exact: free}
                - user: {attribute: plan, exact: gold}
          exclude:
            - event: {name: Stop, within: 7 days}
        """,
    "audiences/rare.yml": """\
        audience: rare
        criteria: {event: {name: Rare}}
        """,
    "audiences/unready.yml": """\
        audience: unready
        criteria: {all: [{event: {name: Play}}, {model: scores}]}
        """,
    "models/scores.sql": "select 1 as mpid",
    "journeys/calls.yml": """\
        journey: calls
        milestones:
          - milestone: seen
            criteria: {last_seen: {within: 30 days}}
            next:
              - {milestone: played, criteria: {event: {name: Play}}}
              - {milestone: free, criteria: {user: {attribute: plan, exact: free}}}
              - {milestone: rest, remaining: true}
        """,
}
USERS = 400


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    at = datetime(2018, 1, 20)
    events = [make_event(mpid=mpid, event_at=at, event_id=str(mpid)) for mpid in range(0, USERS, 2)]
    events += [make_event(mpid=1, event_at=at, event_name="Rare")]
    events += [
        make_event(mpid=mpid, event_at=datetime(2018, 1, 30), event_name="Stop")
        for mpid in range(0, USERS, 8)
    ]
    statements = [
        make_statement(
            mpid=mpid, said_at=at, statement="attribute", name="plan", value="free" if mpid % 3 else "gold"
        )
        for mpid in range(USERS)
    ]
    write_lake(tmp_path / "data" / "lake", events, statements)
    monkeypatch.setattr(estimating, "project_models", lambda *_: small_run_models())
    return tmp_path


@pytest.fixture
def estimate(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*arguments: str) -> Answer:
        return answer(folder, capsys, "estimate", *arguments, "--as-of", "2018-01-31")

    return run


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the users are looked at."""
    monkeypatch.setattr(sample, "SAMPLED_USERS", USERS // 2)


def by_id(answer: Answer) -> dict[str, Any]:
    return {one["id"]: one for one in answer.json["audiences"]}


def test_a_small_project_is_exact(estimate) -> None:
    found = by_id(estimate("calls", "--json"))
    sizes = {name: (one["kind"], one["size"]) for name, one in found.items()}
    assert sizes == {
        "calls__seen": ("exact", 400),
        "calls__played": ("exact", 200),
        "calls__free": ("exact", 133),
        "calls__rest": ("exact", 67),
    }
    assert found["calls__played"]["share_of_parent"] == 0.5
    assert found["calls__free"]["criteria"]["size"] == 266


def test_a_journey_as_a_tree(estimate, golden) -> None:
    given = estimate("calls")
    assert (given.status, given.err) == (0, "")
    golden("estimate/journey.txt", stable(given.out))


@pytest.mark.usefixtures("sampled")
def test_each_criterion_below_its_audience(estimate, golden) -> None:
    out = stable(estimate().out)
    golden("estimate/sampled.txt", out)
    page = (REPOSITORY / "dbt_project" / "docs" / "estimates.md").read_text(encoding="utf-8")
    assert "".join(out.splitlines(keepends=True)[:11]) in page


def stable(out: str) -> str:
    """Without the age, which grows."""
    return re.sub(r"[0-9,]+ days old", "some days old", out)


@pytest.mark.usefixtures("sampled")
def test_an_estimate_has_bounds_that_hold_the_truth(estimate) -> None:
    given = estimate("--json")
    assert (given.json["users"], given.json["sampled_users"]) == (400, 200)
    played = by_id(given)["calls__played"]
    assert played["kind"] == "estimated"
    assert played["low"] < 200 < played["high"]


@pytest.mark.usefixtures("sampled")
def test_too_few_members_are_no_number(estimate) -> None:
    rare = by_id(estimate("rare", "--json"))["rare"]
    assert (rare["kind"], rare["size"]) == ("too_few", None)
    assert rare["high"] > 1
    assert "~  at most" in estimate("rare").out


def test_what_can_not_be_told_says_why_and_leaves_the_rest(estimate) -> None:
    found = by_id(estimate("--json"))
    unready = found["unready"]
    assert (unready["kind"], unready["code"]) == ("failed", "no-such-model")
    plays, scores = unready["criteria"]["all"]
    assert (plays["size"], scores["kind"]) == (200, "failed")
    assert found["calls__played"]["size"] == 200
    assert "⚠  the run of this as_of did not have the model `scores`" in estimate("unready").out


def test_a_list_that_was_not_taken_in_is_not_nobody(estimate, folder: Path) -> None:
    project = folder / "project"
    (project / "lists").mkdir()
    (project / "lists" / "vip.csv").write_text("mpid\n1\n2\n")
    (project / "audiences" / "listed.yml").write_text("audience: listed\ncriteria: {list: vip}\n")
    (project / "audiences" / "others.yml").write_text(
        "audience: others\ncriteria: {audience: {not_in: listed}}\n"
    )
    found = by_id(estimate("--json"))
    assert (found["listed"]["kind"], found["listed"]["code"]) == ("failed", "list-not-taken-in")
    assert found["others"]["code"] == "list-not-taken-in"
    take_in_lists(project, folder / "data" / "lake", ("vip",))
    found = by_id(estimate("--json"))
    assert (found["listed"]["size"], found["others"]["size"]) == (2, USERS - 2)


def test_a_real_size_takes_the_place_of_an_estimate(estimate, folder: Path) -> None:
    definitions = load_definitions(folder / "project")
    hashed = {one.id: definition_hash(one, definitions.project) for one in definitions.audiences}
    made = publication(AS_OF, {"rare": {1, 5, 7}, "players": {2}}, models=small_run_models())
    calculated = tuple(
        replace(one, definition_hash=hashed[one.id]) if one.id == "rare" else one for one in made.calculated
    )
    publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))
    found = by_id(estimate("--json"))
    assert found["rare"]["kind"] == "calculated"
    assert (found["rare"]["size"], found["rare"]["as_of"]) == (3, "2018-01-31T00:00:00Z")
    assert found["rare"]["criteria"]["size"] == 1
    assert found["players"]["kind"] == "exact", "it is defined anew since it was calculated"
    assert "3  calculated as of 2018-01-31T00:00:00Z" in estimate("rare").out


def test_a_size_is_taken_while_all_that_it_reads_is_as_it_was(estimate, folder: Path) -> None:
    definitions = load_definitions(folder / "project")
    milestones = definitions.journey("calls").milestones
    made = publication(AS_OF, {one: {1, 2, 3} for one in sorted(milestones)}, models=small_run_models())
    calculated = tuple(calculated_by(definitions, definitions.audience(one)) for one in sorted(milestones))
    publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))
    assert {one["kind"] for one in by_id(estimate("calls", "--json")).values()} == {"calculated"}
    journey = folder / "project" / "journeys" / "calls.yml"
    journey.write_text(journey.read_text().replace("exact: free", "exact: gold"))
    assert {name: (one["kind"], one["size"]) for name, one in by_id(estimate("calls", "--json")).items()} == {
        "calls__seen": ("calculated", 3),
        "calls__played": ("calculated", 3),
        "calls__free": ("exact", 67),
        "calls__rest": ("exact", 133),
    }


def test_sizes_calculated_at_another_instant_are_not_taken_for_this_one(estimate, folder: Path) -> None:
    definitions = load_definitions(folder / "project")
    hashed = definition_hash(definitions.audience("rare"), definitions.project)
    made = publication(datetime(2018, 1, 30), {"rare": {1, 5, 7}}, models=small_run_models())
    calculated = tuple(replace(one, definition_hash=hashed) for one in made.calculated)
    publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))
    assert by_id(estimate("rare", "--json"))["rare"]["kind"] == "exact"


def test_a_file_of_the_project_is_named_as_it_lies(estimate, folder: Path) -> None:
    found = by_id(estimate(str(folder / "project" / "journeys" / "calls.yml"), "--json"))
    assert list(found) == ["calls__seen", "calls__played", "calls__free", "calls__rest"]
    found = by_id(estimate(str(folder / "project" / "audiences" / "rare.yml"), "--json"))
    assert list(found) == ["rare"]


def test_a_milestone_alone_is_less_what_its_siblings_take(estimate) -> None:
    found = by_id(estimate("calls__rest", "--json"))
    assert [(one["id"], one["size"]) for one in found.values()] == [("calls__rest", 67)]


def test_an_unknown_name_names_the_nearest(estimate) -> None:
    given = estimate("playerz")
    assert given.status == 1
    assert "did you mean `players`?" in given.err


def test_a_second_estimate_reads_the_models_that_the_first_kept(estimate, folder: Path, monkeypatch) -> None:
    before = estimate("--json").out
    kept = sorted(path.name for path in (folder / "data" / "sample" / "models").glob("*/*"))
    assert "dim_profiles.parquet" in kept
    # Of a model that is kept the text is not run again.
    monkeypatch.setattr("transforms.audiences.workbench.Workbench._make_model", refuse_tables)
    assert without_age(estimate("--json").json) == without_age(json.loads(before))


def refuse_tables(self: Any, model: Any) -> None:
    assert not model.is_table
    for needed in model.needs:
        self._make(needed)
    self._create("view", model.name, model.sql)


def without_age(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "age_seconds"}


def test_new_data_is_seen_at_once(estimate, folder: Path) -> None:
    assert by_id(estimate("rare", "--json"))["rare"]["size"] == 1
    more = [make_event(mpid=mpid, event_name="Rare", event_at=datetime(2018, 1, 2)) for mpid in (3, 4)]
    aside = folder / "aside"
    write_lake(aside, more)
    (aside / "events" / "day=2018-01-02").rename(folder / "data" / "lake" / "events" / "day=2018-01-02")
    assert by_id(estimate("rare", "--json"))["rare"]["size"] == 3


@pytest.mark.usefixtures("sampled")
def test_a_model_that_looks_at_all_users_is_made_of_all(estimate, folder: Path, monkeypatch) -> None:
    """Who is the third of all is not the third of a sample."""
    counted = (
        'select mpid, row_number() over (order by mpid) as place from (select distinct mpid from "milepost"."main"."stg_lake__events")'
        " qualify place <= 100"
    )
    models = small_run_models(model("scores", counted, "stg_lake__events", path="models"))
    monkeypatch.setattr(estimating, "project_models", lambda *_: models)
    _, scores = by_id(estimate("unready", "--json"))["unready"]["criteria"]["all"]
    assert scores["low"] <= 100 <= scores["high"]
    assert scores["size"] < 150


def test_nothing_ingested(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "data").rename(tmp_path / "away")
    given = answer(folder, capsys, "estimate")
    assert given.status == 1
    assert "nothing was ingested" in given.err


def test_criteria_are_looked_at_as_of_the_sizes_beside_them(folder: Path, capsys) -> None:
    made = publication(AS_OF, {"rare": {1}}, models=small_run_models())
    publish(open_store(folder / "data" / "published"), made)
    given = answer(folder, capsys, "estimate", "players", "--json")
    assert given.json["as_of"] == "2018-01-31T00:00:00Z"
    assert given.json["audiences"][0]["criteria"]["all"][0]["size"] == 200


def test_a_draft_that_lies_elsewhere_is_estimated_as_a_part_of_the_project(estimate, folder: Path) -> None:
    draft = folder / "new idea.yml"
    draft.write_text("audience: idea\nstatus: draft\ncriteria: {audience: {not_in: calls__played}}\n")
    before = sorted((folder / "project").rglob("*"))
    assert {name: one["size"] for name, one in by_id(estimate(str(draft), "--json")).items()} == {"idea": 200}
    assert sorted((folder / "project").rglob("*")) == before
    assert "idea" not in by_id(estimate("--json"))


def test_a_draft_takes_the_place_of_what_the_project_has_of_its_id(estimate, folder: Path) -> None:
    definitions = load_definitions(folder / "project")
    milestones = sorted(definitions.journey("calls").milestones)
    made = publication(AS_OF, {one: {1, 2, 3} for one in milestones}, models=small_run_models())
    calculated = tuple(calculated_by(definitions, definitions.audience(one)) for one in milestones)
    publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))
    draft = folder / "calls.yml"
    draft.write_text(
        (folder / "project" / "journeys" / "calls.yml").read_text().replace("name: Play", "name: Stop")
    )
    found = by_id(estimate(str(draft), "--json"))
    assert (found["calls__seen"]["kind"], found["calls__seen"]["size"]) == ("calculated", 3)
    assert (found["calls__played"]["kind"], found["calls__played"]["size"]) == ("exact", USERS // 8)
    # What was found of the draft is not taken for the project's own.
    assert {one["kind"] for one in by_id(estimate("calls", "--json")).values()} == {"calculated"}


def test_what_is_wrong_with_a_draft_is_told_with_its_line(estimate, folder: Path) -> None:
    draft = folder / "wrong.yml"
    draft.write_text("audience: wrong\ncriteria: {event: {nam: Play}}\n")
    given = estimate(str(draft))
    assert (given.status, given.out) == (2, "")
    assert f"{draft}:2" in given.err
    assert "CRT-002" in given.err


def test_an_input_that_is_not_configured_is_a_reason_and_no_number(estimate, folder: Path) -> None:
    project = folder / "project" / "audiences"
    (project / "faxed.yml").write_text(
        "audience: faxed\ninputs: [shop/fax]\ncriteria: {event: {name: Play}}\n"
    )
    (project / "readers.yml").write_text("audience: readers\ncriteria: {audience: {not_in: faxed}}\n")
    (project / "narrowed.yml").write_text(
        "audience: narrowed\ncriteria: {event: {name: Play, input: shop/fax}}\n"
    )
    found = by_id(estimate("--json"))
    for name in ("faxed", "readers", "narrowed"):
        assert (found[name]["kind"], found[name]["size"], found[name]["criteria"]) == ("failed", None, None)
        assert "shop/fax" in found[name]["reason"]
    assert (found["calls__played"]["kind"], found["calls__played"]["size"]) == ("exact", 200)
    lines = estimate("faxed").out.splitlines()
    assert lines[0].startswith("faxed  ⚠  unknown input `shop/fax`")
    (project / "wrong.yml").write_text("audience: wrong\ncriteria: {event: {nam: Play}}\n")
    assert estimate("calls").status == 2
