"""`milepost explain` over a small lake and what was published of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command import Answer, answer
from tests.support.lake import make_event, make_statement, write_lake
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from tests.support.run_models import model, small_run_models
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.compiler.models import definition_hash
from transforms.definitions.load import load_definitions
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from transforms.audiences.run_models import RunModels

AS_OF = datetime(2018, 1, 31)
LAPSED, BUYER, RINGER, HIDDEN, NEGATIVE = 7, 8, 9, 10, -5
FILES = {
    "audiences/lapsed.yml": """\
        audience: lapsed
        criteria:
          all:
            - ecommerce: {action: purchase, sum: {attribute: total_amount, gte: 20}, where: {currency_code: {exact: EUR}}}
            - user: {attribute: plan, exact: free}
            - any:
                - last_seen: {within: 30 days}
                - identity: {type: email, ends_with: "@example.org"}
          exclude:
            - ecommerce: {action: purchase, within: 14 days}
        ab_test: {name: winback, variants: {push: 40, email: 40}}
        """,
    "audiences/idle.yml": """\
        audience: idle
        criteria: {audience: {not_in: lapsed}}
        """,
    "audiences/named.yml": """\
        audience: named
        criteria:
          all:
            - list: vip
            - model: regulars
            - model: {name: regulars, where: {Nick: ana}}
            - calculated: {attribute: spent, gte: 20}
        """,
    "attributes/spent.yml": """\
        attribute: spent
        function: sum
        of: {ecommerce: {action: purchase}}
        value: total_amount
        """,
    "lists/vip.csv": "email\nana@example.org\n",
    "models/regulars.sql": "select 7 as mpid, 'ana' as nick",
    "audiences/ringers.yml": """\
        audience: ringers
        inputs: [club/till]
        criteria: {event: {name: Ring, average: {attribute: minutes, gt: 2}}}
        """,
    "journeys/calls.yml": """\
        journey: calls
        milestones:
          - milestone: seen
            criteria: {last_seen: {within: 30 days}}
            next:
              - {milestone: bought, criteria: {ecommerce: {action: purchase}}}
              - {milestone: free, criteria: {user: {attribute: plan, exact: free}}}
              - {milestone: rest, remaining: true}
        """,
}
MEMBERS: dict[str, dict[int, str | None] | set[int]] = {
    "lapsed": {LAPSED: "email"},
    "ringers": set(),
    "calls__seen": {LAPSED, BUYER, NEGATIVE},
    "calls__bought": {LAPSED, BUYER},
    "calls__free": set(),
    "calls__rest": {NEGATIVE},
}


RUN_MODELS = small_run_models(model("regulars", "select 7 as mpid, 'ana' as nick", path="models"))


def purchase(mpid: int, day: int, amount: str, **columns: Any) -> dict[str, Any]:
    at = datetime(2018, 1, day, 12)
    named = {"event_type": "commerce_event", "event_name": "purchase", "event_id": f"{mpid}-{day}"}
    return make_event(mpid=mpid, event_at=at, total_amount=amount, currency_code="EUR", **named, **columns)


def said(mpid: int, name: str, value: str, **columns: Any) -> dict[str, Any]:
    return make_statement(mpid=mpid, **{"statement": "attribute", "name": name, "value": value, **columns})


EVENTS = [
    purchase(LAPSED, 3, "12.50"),
    purchase(LAPSED, 5, "10"),
    purchase(BUYER, 29, "30"),
    make_event(mpid=NEGATIVE, event_at=datetime(2018, 1, 30), event_name="Play"),
    make_event(
        mpid=RINGER, workspace="club", input="club/till", event_name="Ring", attributes={"minutes": "x"}
    ),
]
STATEMENTS = [
    said(LAPSED, "Plan", "free"),
    said(BUYER, "plan", "free"),
    said(LAPSED, "email", "ana@example.org", statement="identity"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    write_lake(tmp_path / "data" / "lake", EVENTS, STATEMENTS)
    take_in_lists(tmp_path / "project", tmp_path / "data" / "lake", ["vip"])
    return tmp_path


@pytest.fixture
def published(folder: Path) -> Callable[..., None]:
    """Publishes members at an as_of, as computed by the definitions that the folder has then."""

    def make(as_of: datetime = AS_OF, members: Any = MEMBERS, models: RunModels = RUN_MODELS) -> None:
        definitions = load_definitions(folder / "project")
        known = {audience.id: audience for audience in definitions.audiences}
        identities = {(LAPSED, "email", "ana@example.org")}
        made = publication(as_of, members, identities=identities, models=models)
        calculated = tuple(
            replace(one, definition_hash=definition_hash(known[one.id], definitions.project))
            if one.id in known
            else one
            for one in made.calculated
        )
        publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))

    make()
    return make


@pytest.fixture
def explain(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*arguments: str | int) -> Answer:
        return answer(folder, capsys, "explain", *map(str, arguments))

    return run


pytestmark = pytest.mark.usefixtures("published")


def test_a_member_with_a_variant(explain, golden) -> None:
    answer = explain("lapsed", "--identity", "email=ana@example.org", "--rows", 1)
    assert (answer.status, answer.err) == (0, "")
    golden("explain/member.txt", answer.out)


def test_a_user_whom_a_sibling_took(explain, golden) -> None:
    golden("explain/taken.txt", explain("calls__free", BUYER).out)


def test_data_that_came_after_the_run(explain, golden, folder: Path) -> None:
    write_lake(folder / "data" / "lake", [*EVENTS, purchase(LAPSED, 30, "5")], STATEMENTS)
    golden("explain/overtaken.txt", explain("lapsed", LAPSED).out)


def test_the_same_as_data(explain) -> None:
    answer = explain("lapsed", LAPSED, "--json").json
    assert (answer["mpid"], answer["is_member"], answer["variant"]) == ("7", True, "email")
    assert (answer["since"], answer["now"]) == (
        "2018-01-31T00:00:00Z",
        {"is_member": True, "variant": "email"},
    )
    bought, plan, seen, removed = answer["criteria"]["all"]
    assert bought["compared"] == {"amount": "sum of total_amount", "asked": "at least 20", "value": "22.5"}
    assert bought["evidence"]["rows"][0] == {
        "time": "2018-01-05T12:00:00Z",
        "action": "purchase",
        "currency_code": "EUR",
        "total_amount": "10",
    }
    assert plan["evidence"]["rows"] == [{"workspace": "shop", "attribute": "Plan", "value": "***"}]
    assert [item["holds"] for item in seen["any"]] == [True, True]
    assert (removed["holds"], [item["holds"] for item in removed["exclude"]]) == (True, [False])
    assert removed["exclude"][0]["evidence"] == {"count": 0, "rows": []}


def test_identities_and_attributes_are_masked_unless_revealed(explain) -> None:
    masked, revealed = explain("lapsed", LAPSED).out, explain("lapsed", LAPSED, "--reveal").out
    assert "ana@example.org" not in masked
    assert "value: free" not in masked
    assert "value: ana@example.org" in revealed
    assert "value: free" in revealed


def test_rows_are_counted_where_none_is_shown(explain) -> None:
    answer = explain("lapsed", LAPSED, "--rows", 0)
    assert "… and 2 more" in answer.out
    assert "12.50" not in answer.out


def test_an_mpid_may_be_negative(explain) -> None:
    answer = explain("calls__rest", NEGATIVE)
    assert answer.out.startswith("✓ in calls__rest, since 2018-01-31T00:00:00Z\nuser -5,")
    assert "remaining, no sibling took the user" in answer.out


def test_an_audience_that_was_not_calculated_is_explained_and_marked(explain) -> None:
    answer = explain("idle", BUYER)
    assert answer.status == 0
    assert answer.out.startswith("✓ would be in idle\n")
    assert "milepost run --all" in answer.out
    assert explain("idle", LAPSED).out.startswith("✗ would not be in idle\n")
    assert explain("idle", LAPSED, "--json").json["is_calculated"] is False


def test_a_user_of_another_workspace_is_not_in_the_population(explain) -> None:
    found = explain("ringers", BUYER)
    assert (found.status, found.out.splitlines()[2:]) == (
        0,
        ["not in the population: no profile in club, only in shop"],
    )
    assert explain("ringers", BUYER, "--json").json["criteria"] is None


def test_what_lists_models_and_calculated_attributes_say_of_a_user_is_masked(explain) -> None:
    masked, revealed = explain("named", LAPSED).out, explain("named", LAPSED, "--reveal").out
    assert masked.startswith("✓ would be in named\n")
    assert "1 row\n" in masked
    assert not any(value in masked for value in ("ana@example.org", "Nick: ana", "value: 22.5"))
    assert all(value in revealed for value in ("ana@example.org", "Nick: ana", "value: 22.5"))
    assert explain("named", BUYER).out.startswith("✗ would not be in named\n")


def test_a_model_that_reads_what_was_not_kept_is_named(explain, published, folder: Path) -> None:
    seeded = model("regulars", "select * from seeds", path="models")
    published(models=small_run_models(seeded))
    answer = explain("named", LAPSED)
    assert (answer.status, answer.out) == (1, "")
    assert "the model `regulars` can't be made from what the run kept" in answer.err


def test_an_average_of_nothing_is_no_number(explain) -> None:
    assert "average of minutes: nothing to measure (asked: over 2)" in explain("ringers", RINGER).out


def test_a_profile_that_is_hidden_says_since_when(explain, folder: Path) -> None:
    write_project(folder / "project", {}, MILEPOST + "profile_lifetime: 10 days\n")
    out = explain("calls__free", LAPSED).out
    assert "seen last in" in out
    assert "at 2018-01-05T12:00:00Z, and a profile lives 10 days" in out


def test_a_changed_definition_is_told(explain, folder: Path) -> None:
    text = FILES["audiences/lapsed.yml"]
    write_project(folder / "project", {"audiences/lapsed.yml": text.replace("within: 14", "within: 15")})
    assert "the definition has changed since that run, with the same verdict" in explain("lapsed", LAPSED).out
    write_project(folder / "project", {"audiences/lapsed.yml": text.replace("gte: 20", "gte: 50")})
    out = explain("lapsed", LAPSED).out
    assert out.startswith("✓ in lapsed, variant email")
    assert "the definition has changed since that run: a run of this as_of would now give not in" in out


def test_another_stored_instant(explain, published) -> None:
    published(datetime(2018, 1, 4), {"lapsed": {}})
    answer = explain("lapsed", LAPSED, "--as-of", "2018-01-04", "--json").json
    assert (answer["as_of"], answer["is_member"]) == ("2018-01-04T00:00:00Z", False)
    assert answer["criteria"]["all"][0]["compared"]["value"] == "12.5"
    other = explain("lapsed", LAPSED, "--as-of", "2018-01-05")
    assert (other.status, other.out) == (1, "")
    assert "allowed: 2018-01-04T00:00:00Z, 2018-01-31T00:00:00Z" in other.err


def test_an_audience_without_a_definition_has_a_verdict_alone(explain, folder: Path) -> None:
    (folder / "project" / "audiences" / "idle.yml").unlink()
    (folder / "project" / "audiences" / "lapsed.yml").unlink()
    out = explain("lapsed", LAPSED).out
    assert out.startswith("✓ in lapsed, variant email, since")
    assert "its definition was taken away" in out


def test_an_audience_written_by_hand_says_so(explain, folder: Path) -> None:
    write_project(folder / "project", {"models/milestones/custom/mst_lapsed.sql": "select 1 as mpid"})
    out = explain("lapsed", BUYER).out
    assert out.startswith("✗ not in lapsed\n")
    assert "its SQL is written by hand" in out


def test_without_what_it_reads_there_is_no_explanation(explain, folder: Path) -> None:
    (folder / "data" / "lake").rename(folder / "data" / "gone")
    assert "nothing was ingested" in explain("lapsed", LAPSED).err
    (folder / "data" / "gone").rename(folder / "data" / "lake")
    for file in (folder / "data" / "published").rglob("models.json"):
        file.unlink()
    answer = explain("lapsed", LAPSED)
    assert (answer.status, answer.out) == (1, "")
    assert "milepost run --as-of 2018-01-31T00:00:00Z" in answer.err


def test_the_warehouse_file_is_not_opened(explain, folder: Path) -> None:
    warehouse = folder / "data" / "warehouse" / "milepost.duckdb"
    warehouse.parent.mkdir()
    warehouse.write_bytes(b"written by a run, right now")
    assert explain("lapsed", LAPSED).status == 0


def test_who_and_what_is_unknown(explain) -> None:
    for arguments in (("lapsd", LAPSED), ("lapsed", 10**17), ("lapsed", "--identity", "email=nobody@x.org")):
        answer = explain(*arguments)
        assert (answer.status, answer.out) == (1, "")
        assert "nobody" not in answer.err
    assert "`lapsed`" in explain("lapsd", LAPSED).err
    assert explain("lapsed").status == 2
    assert explain("lapsed", "x").status == 2
