"""Lists and dbt models that criteria name: what is found of them in a project folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import audience, codes, load, write_project
from transforms.compiler.emit import check_models, compile_project, write_models
from transforms.definitions.dbt_models import read_dbt_models
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from pathlib import Path


def model(criteria: str = "{model: scores}", **files: str) -> dict[str, str]:
    return {"audiences/a.yml": audience("a", criteria=criteria), **files}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("models/scores.sql", "select 1 as mpid"),
        ("models/deep/er/scores.py", "def model(dbt, session): ..."),
        ("seeds/scores.csv", "mpid\n1\n"),
        ("models/staging/scores.sql", "select 1 as mpid"),
    ],
)
def test_a_model_or_a_seed_can_be_named(path: str, text: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {**model(), path: text}) == []


@pytest.mark.parametrize("path", ["scores.sql", "macros/scores.sql", "models/scores.yml", "models/.x.sql"])
def test_other_files_are_no_models(path: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {**model(), path: "select 1"}) == ["DEF-123"]


def test_the_folders_of_models_are_those_of_the_dbt_project(tmp_path: Path) -> None:
    settings = "name: shop\nmodel-paths: [models, analysts]\nseed-paths: [data]\n"
    files = {
        **model("{all: [{model: scores}, {model: planted}]}"),
        "dbt_project.yml": settings,
        "analysts/scores.sql": "select 1 as mpid",
        "data/planted.csv": "mpid\n1\n",
    }
    assert codes(tmp_path, files) == []


def test_a_model_reads_what_its_text_refers_to_outside_comments(tmp_path: Path) -> None:
    text = "{# ref('no') #} select * from {{ref(  \"one\")}} join {{ ref('pack', 'two') }} {{ source('lake', 'events') }}"
    write_project(tmp_path, {"models/scores.sql": text})
    (found,) = read_dbt_models(tmp_path).values()
    assert (found.refs, found.sources) == (("one", "two"), ("lake",))


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ("ref('mst_a')", ["DEF-066"]),
        ("ref('mst_b')", []),
        ("ref('scores')", []),
        ("ref('stg_lake__events')", []),
        ("source('published', 'memberships')", ["DEF-124"]),
    ],
)
def test_a_model_must_not_need_the_audience_that_needs_it(
    reads: str, expected: list[str], tmp_path: Path
) -> None:
    files = model() | {
        "audiences/b.yml": audience("b"),
        "models/scores.sql": f"select * from {{{{ {reads} }}}}",
    }
    assert codes(tmp_path, files) == expected


def test_a_milestone_needs_what_the_models_of_its_parents_need(tmp_path: Path) -> None:
    journey = """\
        journey: path
        milestones:
          - milestone: first
            criteria: {model: scores}
            next:
              - milestone: second
                criteria: {event: {name: Play}}
        """
    files = {
        "journeys/path.yml": journey,
        "models/scores.sql": "select mpid from {{ ref('mst_path__second') }}",
    }
    assert sorted(codes(tmp_path, files)) == ["DEF-066", "DEF-070"]


def test_what_a_list_holds_changes_no_generated_model(tmp_path: Path) -> None:
    files = {"audiences/a.yml": audience("a", criteria="{list: vip}"), "lists/vip.csv": "email\na@x.com\n"}
    definitions = load(tmp_path, files)
    write_models(tmp_path, compile_project(tmp_path, definitions))
    (tmp_path / "lists" / "vip.csv").write_text("mpid\n1\n", encoding="utf-8")
    definitions = load_definitions(tmp_path)
    assert check_models(tmp_path, compile_project(tmp_path, definitions)) == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("vip.csv", ["DEF-121", "DEF-003"]), ("vip.CSV", ["DEF-121", "DEF-120"]), (".vip.csv", ["DEF-121"])],
)
def test_a_list_is_a_file_of_its_name(name: str, expected: list[str], tmp_path: Path) -> None:
    write_project(tmp_path, {"audiences/a.yml": audience("a", criteria="{list: vip}")})
    if name == "vip.csv":
        (tmp_path / "lists" / name).mkdir(parents=True)
        expected = ["DEF-003"]
    else:
        (tmp_path / "lists").mkdir()
        (tmp_path / "lists" / name).write_text("email\n", encoding="utf-8")
    assert codes(tmp_path) == expected
