"""`milepost report`: what the pages say, and that they say nothing of anybody."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from exports.ledger.ledger import Ledger
from exports.ledger.records import DeliveredJob, ReceivedAudience
from orchestration import estimating
from orchestration.reporting import write_report
from orchestration.settings import load_settings
from tests.support.command import Answer, answer
from tests.support.lake import make_event, make_statement, write_lake
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from tests.support.run_models import small_run_models
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AS_OF = datetime(2018, 2, 1)
USERS = 400
FILES = {
    "audiences/known.yml": """
        audience: known
        name: '</script><img src=x onerror=alert(1)>'
        tags: [Win-back]
        owner: ana@example.com
        criteria:
          any:
            - identity: {type: email, in: [jörg@example.com, "o'neil@example.com"]}
            - event: {name: Play}
    """,
    "audiences/guessed.yml": "audience: guessed\nname: لا يعود\ncriteria: {event: {name: Stop}}\n",
    "journeys/calls.yml": """
        journey: calls
        name: Calls
        milestones:
          - milestone: seen
            criteria: {event: {name: {starts_with: ''}}}
            next:
              - {milestone: played, criteria: {event: {name: Play}}}
              - {milestone: stopped, criteria: {event: {name: Stop}}}
    """,
}


@pytest.fixture(scope="module")
def small_models() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimating, "project_models", lambda *_: small_run_models())
        yield


@pytest.fixture
def folder(tmp_path: Path, small_models: None) -> Path:
    del small_models
    write_project(tmp_path / "project", FILES, MILEPOST)
    return tmp_path


def ingest(folder: Path) -> None:
    at = datetime(2018, 1, 20)
    events = [make_event(mpid=mpid, event_at=at, event_id=f"p{mpid}") for mpid in range(0, USERS, 2)]
    events += [
        make_event(mpid=mpid, event_at=at, event_name="Stop", event_id=f"s{mpid}")
        for mpid in range(0, USERS, 8)
    ]
    statements = [
        make_statement(
            mpid=mpid, said_at=at, statement="identity", name="email", value=f"user-{mpid}@example.com"
        )
        for mpid in range(USERS)
    ]
    write_lake(folder / "data" / "lake", events, statements)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, small_models: None) -> Path:
    """A folder whose report is written. Tests read it."""
    del small_models
    folder = tmp_path_factory.mktemp("published")
    write_project(folder / "project", FILES, MILEPOST)
    ingest(folder)
    for at, played in ((datetime(2018, 1, 31), 199), (AS_OF, 200)):
        members = {
            "known": set(range(played)),
            "calls__seen": set(range(1200)),
            "calls__played": set(range(played)),
            "gone": {1, 2},
        }
        publish(
            open_store(folder / "data" / "published"), publication(at, members, models=small_run_models())
        )
    settings = load_settings(str(folder / "project"), str(folder / "data"))
    write_report(settings, load_definitions(settings.project), settings.report, lambda _: None)
    return folder


@pytest.fixture
def report(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    return lambda *arguments: answer(folder, capsys, "report", *arguments)


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    text = (folder / "data" / "report" / "data" / "catalogue.js").read_text(encoding="utf-8")
    data = json.loads(text.removeprefix("window.milepost = ").removesuffix(";\n"))
    return {row["id"]: row for row in data["audiences"]}


def page(folder: Path, name: str) -> str:
    """The text of a page without its tags."""
    html = (folder / "data" / "report" / name).read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_catalogue_has_figures_of_the_newest_run_and_estimates_of_the_rest(published: Path) -> None:
    found = rows(published)
    assert {name: (row["size_text"], row["state"], row["is_estimate"]) for name, row in found.items()} == {
        "known": ("200", "calculated", False),
        "guessed": ("50", "estimated", True),
        "calls__seen": ("1,200", "calculated", False),
        "calls__played": ("200", "calculated", False),
        "calls__stopped": ("0", "estimated", True),
        "gone": ("2", "orphaned", False),
    }
    assert (found["known"]["adds"], found["known"]["drops"], found["known"]["trend"]) == (1, 0, [199, 200])


def test_the_canvas_has_the_sizes_of_show_and_who_goes_no_further(published: Path, capsys) -> None:
    text = page(published, "journeys/calls.html")
    shown = answer(published, capsys, "show", "calls__seen").out
    assert "size 1,200," in shown
    assert "1,200" in text
    assert "1,000 go no further, 83.3%" in text
    assert "worst drop-off" in text


def test_a_page_says_what_an_audience_is_and_what_each_criterion_holds_for(published: Path) -> None:
    text = page(published, "audiences/calls__played.html")
    assert "in calls__seen" in text
    assert "event: Play, at least once 200" in text
    assert "milestone: played, criteria: {event: {name: Play}}" in text
    assert "2018-02-01 00:00 UTC" in text
    assert "calls__stopped 50 fulfil the criteria of both splits" in text


def test_a_page_says_that_a_partner_still_works_on_what_it_was_sent(folder: Path, report) -> None:
    connection = """
    outputs:
      meta: {partner: meta_csv}
    connections:
      - {connection: known_meta, audience: known, output: meta, status: active}
    """
    write_project(folder / "project", {"connections/meta.yml": connection})
    job = DeliveredJob("request-1", "known.csv", AS_OF)
    sent = ReceivedAudience("known", as_of=AS_OF, jobs=(job, job))
    Ledger(folder / "data" / "ledger" / "connections").record("known_meta", sent)
    assert report().status == 0
    text = page(folder, "audiences/known.html")
    assert ", still at work there on requests of it: 2" in text
    assert "not calculated yet" in text
    assert "no active connection" not in text


def test_an_orphan_has_a_page_of_its_figures(published: Path) -> None:
    assert "orphaned" in page(published, "audiences/gone.html")


def test_no_identity_that_a_definition_names_and_none_of_a_user_is_in_any_file(published: Path) -> None:
    written = {
        path: path.read_text(encoding="utf-8")
        for path in (published / "data" / "report").rglob("*")
        if path.suffix in (".html", ".js", ".json") and not path.name.startswith("charts-")
    }
    assert not [path for path, text in written.items() if re.search("jörg|neil|user-", text)]
    assert "•••" in written[published / "data" / "report" / "audiences" / "known.html"]


def test_names_are_text_on_every_page(published: Path) -> None:
    for path in (published / "data" / "report").rglob("*.html"):
        assert "<img" not in path.read_text(encoding="utf-8")


def test_a_project_without_data_says_why_there_is_no_size(folder: Path, report) -> None:
    assert report().status == 0
    assert {row["size_text"] for row in rows(folder).values()} == {"⚠"}
    assert "nothing was ingested yet" in page(folder, "audiences/known.html")


def test_a_project_without_audiences_says_how_to_write_one(tmp_path: Path, report) -> None:
    for name in FILES:
        (tmp_path / "project" / name).unlink()
    assert report().status == 0
    assert "milepost new audience ID" in page(tmp_path, "index.html")


def test_pages_of_audiences_that_are_gone_go_with_the_next_report(folder: Path, report) -> None:
    ingest(folder)
    assert report().status == 0
    (folder / "project" / "audiences" / "guessed.yml").unlink()
    found = json.loads(report("--json").out)
    assert (found["audiences"], found["journeys"], found["pages"]) == (4, 1, 6)
    assert not (folder / "data" / "report" / "audiences" / "guessed.html").exists()
    assert [path.name for path in (folder / "data").iterdir() if path.name.startswith(".report")] == []


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path, report) -> None:
    kept = folder / "elsewhere" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    given = report("--to", str(kept.parent))
    assert given.status == 2
    assert "RPT-001" in given.err
    assert kept.read_text() == "mine"
    assert report("--to", str(folder / "new" / "place")).status == 0


def test_what_a_killed_report_left_goes_with_the_next_one(folder: Path, report) -> None:
    assert report().status == 0
    (folder / "data" / "report").rename(folder / "data" / ".report.old")
    (folder / "data" / ".report.new" / "audiences").mkdir(parents=True)
    assert report().status == 0
    assert [path.name for path in (folder / "data").iterdir() if "report" in path.name] == ["report"]
