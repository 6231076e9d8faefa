from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from exports.ledger.ledger import Ledger
from exports.ledger.records import DeliveredJob, ReceivedAudience
from orchestration.lease import LeaseHolder, hold_lease
from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from pathlib import Path

SMALLEST, LARGEST = -(2**63), 2**63 - 1
FILES = {
    "audiences/lapsed.yml": """\
        audience: lapsed
        name: Lapsed buyers
        tags: [Q4, Retargeting]
        owner: ana@example.com
        lookback: 90 days
        criteria: {ecommerce: {action: purchase, within: 14 days}}
        ab_test: {name: t, variants: {push: 40, half off: 40}}
        """,
    "audiences/idle.yml": """\
        audience: idle
        tags: [Q4]
        criteria: {user: {attribute: plan, exact: free}}
        """,
    "connections/meta.yml": """\
        outputs:
          meta: {partner: meta_csv}
        connections:
          - {connection: lapsed_meta, audience: lapsed, variant: push, output: meta, status: active}
        """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    return tmp_path


@pytest.fixture
def milepost(project: Path, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> Answer:
        return answer(project, capsys, *arguments)

    return run


@pytest.fixture
def published(project: Path) -> Path:
    members: dict[str, dict[int, str | None] | set[int]] = {
        "lapsed": {SMALLEST: "push", 9: "Control", 10: "half off", LARGEST: "push"}
    }
    identities = {(9, "email", "ana@example.com"), (10, "email", "bo@example.com"), (10, "customer_id", "c1")}
    publish(
        open_store(project / "data" / "published"),
        publication(
            AS_OF,
            members,
            identities=identities,
            attributes=((9, "Plan", "premium"), (9, "x", "no")),
            calculated={"spent": {9: "1250.5", 10: "0"}, "genres": {9: ["crime", "drama"]}},
        ),
    )
    return project


@pytest.mark.usefixtures("published")
def test_members_are_sorted_as_numbers(milepost) -> None:
    answer = milepost("members", "lapsed")
    assert answer == Answer(0, f"{SMALLEST}\n9\n10\n{LARGEST}\n", "")


@pytest.mark.usefixtures("published")
def test_members_of_a_variant_and_a_limit(milepost) -> None:
    assert milepost("members", "lapsed", "--variant", "push", "--limit", "1").out == f"{SMALLEST}\n"
    assert milepost("members", "lapsed", "--variant", "half off").out == "10\n"
    assert milepost("members", "lapsed", "--limit", "0").out == ""


@pytest.mark.usefixtures("published")
def test_members_as_json_keep_every_digit(milepost) -> None:
    assert milepost("members", "lapsed", "--json").json == {
        "audience": "lapsed",
        "variant": None,
        "as_of": "2018-01-01T00:00:00Z",
        "members": [str(SMALLEST), "9", "10", str(LARGEST)],
    }


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "as_of", ["2018-01-01", "2018-01-01T00:00:00Z", "2018-01-01 01:00+01:00", "20180101T000000Z"]
)
def test_a_stored_as_of_is_read_however_it_is_written(milepost, as_of: str) -> None:
    assert milepost("members", "lapsed", "--as-of", as_of).status == 0


@pytest.mark.usefixtures("published")
def test_an_as_of_that_is_not_stored_lists_what_is(milepost) -> None:
    answer = milepost("members", "lapsed", "--as-of", "2018-01-02")
    assert (answer.status, answer.out) == (1, "")
    assert "allowed: 2018-01-01T00:00:00Z" in answer.err


@pytest.mark.usefixtures("published")
def test_an_as_of_that_is_no_instant_is_wrong_use(milepost) -> None:
    assert milepost("members", "lapsed", "--as-of", "2018-02-30").status == 2


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("command", ["members", "download"])
def test_an_audience_that_was_not_calculated_names_run_all(milepost, command: str) -> None:
    answer = milepost(command, "idle")
    assert (answer.status, answer.out) == (1, "")
    assert "milepost run --all" in answer.err


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("command", ["members", "download", "show"])
def test_an_unknown_audience_names_the_nearest(milepost, command: str) -> None:
    answer = milepost(command, "lapsd")
    assert answer.status == 1
    assert "`lapsed`" in answer.err


@pytest.mark.usefixtures("published")
def test_an_unknown_variant_lists_the_known_ones(milepost) -> None:
    answer = milepost("members", "lapsed", "--variant", "Push")
    assert answer.status == 1
    assert "push, half off, Control" in answer.err


@pytest.mark.parametrize("command", [("members", "lapsed"), ("download", "lapsed"), ("profile", "9")])
def test_before_the_first_run_there_is_nothing(milepost, command: tuple[str, ...]) -> None:
    answer = milepost(*command)
    assert answer.status == 1
    assert "milepost run" in answer.err


def test_list_before_the_first_run_has_no_sizes(milepost) -> None:
    answer = milepost("list", "--json").json
    assert answer["as_of"] is None
    assert {row["id"]: (row["state"], row["size"]) for row in answer["audiences"]} == {
        "lapsed": ("active", None),
        "idle": ("estimated", None),
    }


@pytest.mark.usefixtures("published")
def test_list_shows_figures_states_and_tags(milepost) -> None:
    rows = {row["id"]: row for row in milepost("list", "--json").json["audiences"]}
    lapsed = rows["lapsed"]
    assert (lapsed["size"], lapsed["adds"], lapsed["volatility"]) == (4, None, None)
    assert (lapsed["state"], lapsed["outputs"], lapsed["owner"]) == ("active", ["meta"], "ana@example.com")
    assert lapsed["as_of"] == "2018-01-01T00:00:00Z"
    assert lapsed["updated_at"] is not None


@pytest.mark.usefixtures("published")
def test_several_tags_mean_all_of_them(milepost) -> None:
    def ids(*options: str) -> list[str]:
        return [row["id"] for row in milepost("list", "--json", *options).json["audiences"]]

    assert sorted(ids("--tag", "Q4")) == ["idle", "lapsed"]
    assert ids("--tag", "Q4", "--tag", "Retargeting") == ["lapsed"]
    assert ids("--state", "estimated") == ["idle"]


@pytest.mark.usefixtures("published")
def test_a_renamed_audience_keeps_its_size_until_it_is_calculated_again(milepost, project: Path) -> None:
    (project / "project" / "connections" / "meta.yml").unlink()
    file = project / "project" / "audiences" / "lapsed.yml"
    file.write_text(file.read_text().replace("audience: lapsed", "audience: gone\nformerly: lapsed"))
    file.rename(file.with_name("gone.yml"))
    rows = {row["id"]: row for row in milepost("list", "--json").json["audiences"]}
    assert sorted(rows) == ["gone", "idle"]
    assert (rows["gone"]["state"], rows["gone"]["size"]) == ("calculated", 4)
    assert milepost("members", "gone", "--limit", "1").out == f"{SMALLEST}\n"
    assert milepost("show", "gone", "--json").json["variants"][0]["size"] == 2


def test_what_a_living_run_works_on_is_calculating(milepost, project: Path) -> None:
    holder = LeaseHolder.this_process("r", "milepost run", datetime(2018, 1, 1))

    def states(*options: str) -> dict[str, str]:
        return {row["id"]: row["state"] for row in milepost("list", "--json", *options).json["audiences"]}

    with hold_lease(project / "data", holder) as lease:
        assert states() == {"lapsed": "active", "idle": "estimated"}
        lease.calculates(("idle", "lapsed"))
        assert states("--state", "calculating") == {"idle": "calculating"}
        assert milepost("show", "idle", "--json").json["state"] == "calculating"
    assert states()["idle"] == "estimated"


def test_list_counts_what_is_active_and_what_is_available(milepost) -> None:
    answer = milepost("list", "--state", "estimated", "--json").json
    counted = (answer["active_audiences"], answer["active_audience_limit"], answer["available_audiences"])
    assert counted == (1, 100, 99)
    assert "1 of 100 audiences active, 99 available" in milepost("list").err


def test_more_active_audiences_than_the_limit_are_refused_by_name(milepost, project: Path) -> None:
    file = project / "project" / "milepost.yml"
    file.write_text(f"{file.read_text()}active_audience_limit: 0\n")
    answer = milepost("list")
    assert (answer.status, answer.out) == (2, "")
    assert "1 audience is active, the limit is 0: lapsed" in answer.err


@pytest.mark.usefixtures("published")
def test_what_was_calculated_before_and_is_not_now_has_no_size_but_a_last_one(
    milepost, project: Path
) -> None:
    later = datetime(2018, 1, 2)
    publish(open_store(project / "data" / "published"), publication(later, {"idle": {1}}))
    (project / "project" / "connections" / "meta.yml").unlink()
    rows = {row["id"]: row for row in milepost("list", "--json").json["audiences"]}
    assert {name: (row["state"], row["size"]) for name, row in rows.items()} == {
        "idle": ("calculated", 1),
        "lapsed": ("estimated", None),
    }
    shown = milepost("show", "lapsed", "--json").json
    assert shown["size"] is None
    assert (shown["last_calculated"]["as_of"], shown["last_calculated"]["size"]) == (
        "2018-01-01T00:00:00Z",
        4,
    )
    assert (
        "not calculated since 2018-01-01T00:00:00Z, when it had 4 members" in milepost("show", "lapsed").out
    )
    refused = milepost("members", "lapsed")
    assert refused.status == 1
    assert "`milepost run --all`" in refused.err
    assert "it is stored for 2018-01-01T00:00:00Z" in refused.err
    assert milepost("members", "lapsed", "--as-of", "2018-01-01").status == 0


def test_an_audience_that_became_active_asks_for_a_run_and_not_for_everything(
    milepost, project: Path
) -> None:
    publish(open_store(project / "data" / "published"), publication(AS_OF, {"idle": {1}}))
    for command in ("members", "download"):
        refused = milepost(command, "lapsed")
        assert refused.status == 1
        assert "`milepost run --as-of 2018-01-01T00:00:00Z` calculates it" in refused.err
        assert "--all" not in refused.err


@pytest.mark.usefixtures("published")
def test_the_table_goes_to_stdout_and_its_age_to_stderr(milepost) -> None:
    answer = milepost("list")
    assert answer.out.startswith("id")
    assert "as of 2018-01-01T00:00:00Z" in answer.err


@pytest.mark.usefixtures("published")
def test_show_prints_windows_variants_and_connections(milepost) -> None:
    text = milepost("show", "lapsed").out
    assert "14 days" in text
    assert "lookback: 90 days" in text
    assert "variant push: 2 (40 %)" in text
    assert "variant Control: 1 (20 %)" in text
    assert "connection lapsed_meta: to meta, variant push, active" in text
    answer = milepost("show", "lapsed", "--json").json
    assert answer["size"] == 4
    assert [variant["size"] for variant in answer["variants"]] == [2, 1, 1]


@pytest.mark.usefixtures("published")
def test_a_profile_is_masked_unless_revealed(milepost) -> None:
    masked = milepost("profile", "9")
    assert masked.status == 0
    assert "ana@example.com" not in masked.out
    assert "premium" not in masked.out
    assert "audience lapsed, variant Control" in masked.out
    revealed = milepost("profile", "9", "--reveal", "--json").json
    assert revealed["identities"] == [{"type": "email", "value": "ana@example.com"}]
    assert [found["value"] for found in revealed["attributes"]] == ["premium", "no"]


@pytest.mark.usefixtures("published")
def test_a_profile_by_identity_and_by_a_negative_mpid(milepost) -> None:
    assert milepost("profile", "--identity", "customer_id=c1", "--json").json["mpid"] == "10"
    assert milepost("profile", str(SMALLEST), "--json").json["mpid"] == str(SMALLEST)


@pytest.mark.usefixtures("published")
def test_an_unknown_user_is_not_named(milepost) -> None:
    answer = milepost("profile", "--identity", "email=nobody@example.com")
    assert (answer.status, answer.out) == (1, "")
    assert "nobody" not in answer.err
    assert milepost("profile", "123").status == 1
    assert milepost("profile").status == 2
    assert milepost("profile", "--identity", "nobody@example.com").status == 2


@pytest.mark.usefixtures("published")
def test_download_prints_the_path_of_the_archive(milepost, project: Path) -> None:
    path = milepost("download", "lapsed", "--variants", "push,Control", "--identities", "email").out.strip()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["lapsed-Control.csv", "lapsed-push.csv", "manifest.json"]
        assert json.loads(archive.read("manifest.json"))["included_identities"] == ["email"]
    assert [found.name for found in (project / "data" / "downloads").iterdir()] == [path.rsplit("/", 1)[1]]


@pytest.mark.usefixtures("published")
def test_download_of_all_variants_is_a_file_for_each(milepost) -> None:
    manifest = milepost("download", "lapsed", "--variants", "all", "--json").json["manifest"]
    assert [file["file_name"] for file in manifest["files"]] == [
        "lapsed-Control.csv",
        "lapsed-half off.csv",
        "lapsed-push.csv",
    ]


@pytest.mark.usefixtures("published")
def test_an_unknown_identity_type_is_wrong_use(milepost) -> None:
    answer = milepost("download", "lapsed", "--identities", "emial")
    assert answer.status == 2
    assert "`email`" in answer.err


@pytest.mark.usefixtures("published")
def test_members_with_an_attribute_show_it_after_a_tab(milepost) -> None:
    assert milepost("members", "lapsed", "--with", "spent", "--limit", "3").out == (
        f"{SMALLEST}\t\n9\t1250.5\n10\t0\n"
    )
    assert (
        milepost("members", "lapsed", "--with", "genres", "--variant", "Control").out == "9\tcrime, drama\n"
    )
    assert milepost("members", "lapsed", "--with", "plan", "--variant", "Control").out == "9\tpremium\n"
    found = milepost(
        "members", "lapsed", "--with", "spent", "--variant", "push", "--limit", "1", "--json"
    ).json
    assert found["members"] == [{"mpid": str(SMALLEST), "spent": None}]


@pytest.mark.usefixtures("published")
def test_a_profile_shows_calculated_attributes(milepost) -> None:
    assert "calculated spent: 1***\n" in milepost("profile", "9").out
    assert milepost("profile", "9", "--reveal", "--json").json["calculated"] == [
        {"id": "genres", "value": ["crime", "drama"]},
        {"id": "spent", "value": "1250.5"},
    ]


def test_data_shows_the_calculated_attributes_that_can_be_named(milepost, project: Path) -> None:
    text = "attribute: spent\nfunction: sum\nof: {ecommerce: {action: purchase}}\nvalue: total_amount\n"
    write_project(project / "project", {"attributes/spent.yml": text}, MILEPOST)
    assert milepost("data", "--json").json["calculated_attributes"] == [
        {
            "id": "spent",
            "name": "Spent",
            "gives": "number",
            "definition": ["sum of purchase total_amount", "window: all history, before as_of"],
            "inputs": ["shop/ios", "shop/web", "club/till"],
        }
    ]
    assert "spent" in milepost("data").out
    assert "1 calculated attribute" in milepost("validate").out


def test_data_without_a_lake_is_empty(milepost) -> None:
    assert milepost("data", "--json").json == {
        "events": [],
        "event_attributes": [],
        "user_attributes": [],
        "calculated_attributes": [],
        "identities": [],
    }


def test_reading_commands_import_neither_dagster_nor_dbt() -> None:
    commands = ("members", "list", "show", "explain", "profile", "data", "download", "estimate")
    code = (
        f"import sys, {', '.join(f'orchestration.cli.{command}' for command in commands)}\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('dagster', 'dbt', 'polars')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_show_says_that_a_partner_still_works_on_what_it_was_sent(project: Path, milepost) -> None:
    job = DeliveredJob("request-1", "lapsed.csv", AS_OF)
    sent = ReceivedAudience("lapsed", "push", as_of=AS_OF, jobs=(job, job))
    Ledger(project / "data" / "ledger" / "connections").record("lapsed_meta", sent)
    [connection] = milepost("show", "lapsed", "--json").json["connections"]
    assert (connection["delivered"], connection["at_work"]) == ("2018-01-01T00:00:00Z", 2)
    assert "still at work there on requests of it: 2" in milepost("show", "lapsed").out
