from __future__ import annotations

import json
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.dbt_project import Folders, run_dbt, write_empty_store
from tests.support.lake import make_event, make_statement, write_lake
from transforms.contracts import AUDIENCE_DAILY, CALCULATED_ATTRIBUTES, MEMBERSHIP

FIRST = datetime(2018, 1, 5)
SECOND = datetime(2018, 1, 20, 1, 2, 3, 4)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> Folders:
    # A quote in the path: it must reach DuckDB as it is.
    folders = Folders(tmp_path_factory.mktemp("ana's project"))
    write_lake(
        folders.lake,
        [
            make_event(),
            make_event(event_id="e2", mpid=2, event_at=datetime(2018, 1, 10), environment="development"),
        ],
        [make_statement(mpid=-3), make_statement(mpid=4, said_at=SECOND)],
    )
    write_empty_store(folders.published)
    return folders


@pytest.fixture(scope="module")
def first_build(folders):
    return run_dbt("build", folders=folders, as_of=FIRST)


@pytest.fixture(scope="module")
def manifest(folders, first_build):
    return json.loads((folders.target / "manifest.json").read_text(encoding="utf-8"))


def query(folders, sql):
    with duckdb.connect(str(folders.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_build_passes_without_a_warning(first_build):
    assert first_build.warnings == ()
    assert {result.status.value for result in first_build.results} == {"success", "pass"}


def test_warehouse_file_alone_has_the_functions(folders, first_build):
    assert query(folders, "select as_number('1e2') = 100, version_key('2.0') = version_key('2')") == [
        (True, True)
    ]


def test_marts_are_there_before_the_first_membership(folders, first_build):
    marts = ("fct_audience_membership", "fct_audience_daily", "dim_audiences")
    for mart in (*marts, "fct_calculated_attributes", "dim_calculated_attributes"):
        assert query(folders, f"select * from {mart}") == []


def test_profiles_follow_as_of_and_the_evaluated_environments(folders, first_build):
    profiles = "select mpid from dim_profiles order by mpid"
    assert query(folders, profiles) == [(-3,), (1,)]
    later = run_dbt(
        "run",
        "--selector",
        "staging_and_profiles",
        folders=folders,
        as_of=SECOND,
        MILEPOST_EVALUATE_DEVELOPMENT="true",
    )
    assert later.warnings == ()
    assert query(folders, profiles) == [(-3,), (1,), (2,)]


def test_another_as_of_parses_no_model_again(folders, first_build):
    def parsed_at(as_of):
        run_dbt("parse", folders=folders, as_of=as_of)
        found = json.loads((folders.target / "manifest.json").read_text(encoding="utf-8"))
        return {name: node["created_at"] for name, node in found["nodes"].items()}

    assert parsed_at(FIRST) == parsed_at(SECOND)


def test_marts_show_the_published_generation(folders, first_build):
    generation = folders.published / "generations" / "2"
    members = generation / "memberships" / "as_of=20180105T000000Z" / "members.parquet"
    members.parent.mkdir(parents=True)
    rows = [{"as_of": FIRST, "audience_id": "a", "mpid": -(2**63), "variant": None}]
    pq.write_table(pa.Table.from_pylist(rows, schema=MEMBERSHIP), members)
    daily = [{"as_of": FIRST, "audience_id": "a", "size": 1, "adds": None, "drops": None, "volatility": None}]
    pq.write_table(pa.Table.from_pylist(daily, schema=AUDIENCE_DAILY), generation / "audience_daily.parquet")
    described = {
        "id": "a",
        "name": "Ä",
        "external_name": "x",
        "journey": None,
        "tags": ["t", "u"],
        "owner": None,
    }
    (generation / "audiences.json").write_text(json.dumps([described], indent=1), encoding="utf-8")
    value = {"as_of": FIRST, "attribute_id": "c", "mpid": -(2**63), "value": None, "elements": ["x", "y"]}
    pq.write_table(
        pa.Table.from_pylist([value], schema=CALCULATED_ATTRIBUTES),
        generation / "calculated_attributes.parquet",
    )
    attribute = {"id": "c", "name": "Ö", "function": "unique_list", "gives": "list", "is_calculated": True}
    (generation / "attribute_definitions.json").write_text(
        json.dumps([{**attribute, "tags": [], "owner": None}]), encoding="utf-8"
    )
    current = folders.published / "current"
    current.unlink()
    current.symlink_to("generations/2")

    assert query(folders, "select * from fct_audience_membership") == [(FIRST, "a", -(2**63), None)]
    assert query(folders, "select * from fct_audience_daily") == [(FIRST, "a", 1, None, None, None)]
    assert query(folders, "select * from dim_audiences") == [("a", "Ä", "x", None, ["t", "u"], None)]
    found = query(folders, "select * from fct_calculated_attributes")
    assert found == [(FIRST, "c", -(2**63), None, ["x", "y"])]
    described = query(folders, "select * from dim_calculated_attributes")
    assert described == [("c", "Ö", "unique_list", "list", True, [], None)]


def models(manifest, folder=""):
    nodes = manifest["nodes"].values()
    found = [node for node in nodes if node["resource_type"] == "model" and node["path"].startswith(folder)]
    assert found
    return found


def test_every_model_and_column_is_described(manifest):
    for model in models(manifest):
        assert model["description"], model["name"]
        assert model["columns"], model["name"]
        assert all(column["description"] for column in model["columns"].values()), model["name"]


def test_descriptions_name_the_columns_that_are_there(folders, manifest):
    for model in models(manifest):
        actual = [name for (name,) in query(folders, f"select column_name from (describe {model['name']})")]
        assert sorted(model["columns"]) == sorted(actual), model["name"]


def test_every_table_and_mart_has_one_test_of_its_key(manifest):
    tested = [
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["test_metadata"]["name"] == "unique_key"
    ]
    kept = [
        model["unique_id"]
        for model in models(manifest)
        # Members and values are checked once, in their mart: a test a model would cost 40 ms each. Rollups are added up.
        if not model["path"].startswith(("milestones/", "attributes/", "rollups/"))
        and (model["config"]["materialized"] != "view" or model["path"].startswith("marts/"))
    ]
    assert sorted(tested) == sorted(kept)


def test_layers_read_only_what_is_below_them(manifest):
    for model in models(manifest):
        reads = model["depends_on"]["nodes"]
        sources = [name.split(".")[-2] for name in reads if name.startswith("source.")]
        match model["name"].split("_")[0]:
            case "base":
                assert sources == ["lake"], model["name"]
            case "stg" if model["name"] == "stg_lake__lists":
                # Nothing of a list is resolved or cut at as_of.
                assert sources == ["lake"], model["name"]
            case "stg" | "int" if model["path"].startswith("staging/"):
                assert sources == [], model["name"]
            case "int" | "dim" if model["path"].startswith("profiles/"):
                assert reads, model["name"]
                below = (".stg_", ".int_newest_", ".int_device_", ".int_user_")
                assert all(any(part in name for part in below) for name in reads), model["name"]
            case "fct" | "dim" if model["path"].startswith("marts/"):
                assert sources == ["published"], model["name"]
            case "days" if model["path"].startswith("rollups/"):
                assert sources == [], model["name"]
                below = (".base_lake__events", ".int_login_identities")
                assert all(name.endswith(below) for name in reads), model["name"]
            case "int" if model["path"].startswith("attributes/"):
                assert sources == [], model["name"]
                below = (".stg_lake__events", ".dim_profiles", ".days_of_")
                assert all(any(part in name for part in below) for name in reads), model["name"]
            case "mst" if model["path"].startswith("milestones/"):
                assert sources == [], model["name"]
                below = (
                    ".stg_lake__events",
                    ".stg_lake__lists",
                    ".dim_profiles",
                    ".int_",
                    ".mst_",
                    ".days_of_",
                )
                assert all(any(part in name for part in below) for name in reads), model["name"]
            case other:
                pytest.fail(f"{model['name']}: no layer has the prefix {other}")


def test_marts_and_profiles_keep_a_contract(manifest):
    for model in [*models(manifest, "marts/"), *(m for m in models(manifest) if m["name"] == "dim_profiles")]:
        assert model["config"]["contract"]["enforced"], model["name"]
        assert all(column["data_type"] for column in model["columns"].values()), model["name"]


def test_staging_and_marts_are_views(manifest):
    for folder in ("staging/", "marts/"):
        stored = [
            model["name"] for model in models(manifest, folder) if model["config"]["materialized"] != "view"
        ]
        assert all(name.startswith("int_login_") for name in stored)
