"""What is remembered of a build, and what makes it void."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.built import data_digest, forget_built, read_built, signatures_of, write_built
from orchestration.scaffold import scaffold
from transforms.audiences.run_models import RunModel

if TYPE_CHECKING:
    from pathlib import Path

PROFILES = "models/profiles/int_user_consents.sql"
GENERATED = "models/milestones/generated/audiences"
HOOKS = "macros/hooks/filters.sql"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (PROFILES, HOOKS):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True)
        path.write_bytes((scaffold() / name).read_bytes())
    (tmp_path / "earlier.parquet").write_bytes(b"nobody")
    return tmp_path / "project"


def node(file: str, kind: str = "model", checksum: str = "1") -> dict[str, Any]:
    name = file.rpartition("/")[2].partition(".")[0]
    return {
        "name": name,
        "resource_type": kind,
        "original_file_path": file,
        "checksum": {"checksum": checksum},
    }


def manifest(*nodes: tuple[dict[str, Any], tuple[str, ...]]) -> dict[str, Any]:
    return {
        "nodes": {f"{one['resource_type']}.p.{one['name']}": one for one, _ in nodes},
        "parent_map": {f"{one['resource_type']}.p.{one['name']}": list(parents) for one, parents in nodes},
    }


def shop(
    *,
    profiles: str = "1",
    buyers: str = "1",
    profiles_source: str = "source.p.lake.users",
    others: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (),
) -> dict[str, Any]:
    return manifest(
        (node(PROFILES, checksum=profiles), (profiles_source,)),
        (node(f"{GENERATED}/mst_buyers.sql", checksum=buyers), ("model.p.int_user_consents",)),
        (node(f"{GENERATED}/mst_loyal.sql"), ("model.p.mst_buyers",)),
        (node(f"{GENERATED}/mst_other.sql"), ("source.p.lake.events",)),
        *others,
    )


def changed(project: Path, one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    earlier = project.parent / "earlier.parquet"
    before, after = signatures_of(one, project, earlier), signatures_of(other, project, earlier)
    return {name for name in before if before[name] != after.get(name)}


def test_a_changed_model_changes_what_reads_it_and_nothing_else(project: Path) -> None:
    assert changed(project, shop(), shop()) == set()
    assert changed(project, shop(), shop(buyers="2")) == {"mst_buyers", "mst_loyal"}
    assert changed(project, shop(), shop(profiles="2")) == {"int_user_consents", "mst_buyers", "mst_loyal"}


@pytest.mark.parametrize(
    "other",
    [
        (node("models/criteria/scores.sql"), ("source.p.lake.events",)),
        (node("models/milestones/custom/scores.sql"), ()),
        (node("models/staging/scores.sql"), ()),
        (node("snapshots/scores.sql", kind="snapshot"), ()),
    ],
)
def test_what_an_analyst_wrote_is_always_made_anew_and_so_is_what_reads_it(
    other: tuple[dict[str, Any], tuple[str, ...]], project: Path
) -> None:
    kind = other[0]["resource_type"]
    reader = (node(f"{GENERATED}/mst_scored.sql"), (f"{kind}.p.scores",))
    found = signatures_of(shop(others=(other, reader)), project, project.parent / "earlier.parquet")
    assert set(found) == {"int_user_consents", "mst_buyers", "mst_loyal", "mst_other"}


def test_a_shipped_model_that_an_analyst_edited_is_theirs(project: Path) -> None:
    with (project / PROFILES).open("a") as file:
        file.write("-- mine\n")
    assert set(signatures_of(shop(), project, project.parent / "earlier.parquet")) == {"mst_other"}


def test_nothing_is_skipped_over_hooks_of_an_analyst(project: Path) -> None:
    with (project / HOOKS).open("a") as file:
        file.write("{# mine #}\n")
    assert signatures_of(shop(), project, project.parent / "earlier.parquet") == {}


@pytest.mark.parametrize("source", ["source.p.published.memberships", "source.p.crm.users"])
def test_a_source_that_is_not_the_lake_may_change_at_any_time(source: str, project: Path) -> None:
    found = signatures_of(shop(profiles_source=source), project, project.parent / "earlier.parquet")
    assert set(found) == {"mst_other"}


def test_earlier_members_change_what_reads_them_alone(project: Path) -> None:
    earlier = project.parent / "earlier.parquet"
    path = "models/staging/int_earlier_members.sql"
    (project / path).parent.mkdir(parents=True)
    (project / path).write_bytes((scaffold() / path).read_bytes())
    since = (node(f"{GENERATED}/mst_since.sql"), ("model.p.int_earlier_members",))
    known = shop(others=((node(path), ()), since))
    before = signatures_of(known, project, earlier)
    earlier.write_bytes(b"somebody")
    after = signatures_of(known, project, earlier)
    assert {name for name in before if before[name] != after[name]} == {"int_earlier_members", "mst_since"}


def model(name: str, sql: str = "select 1") -> RunModel:
    return RunModel(name, f"{name}.sql", "main", name, is_table=True, needs=("a", "b"), sql=sql)


def test_a_build_of_a_part_is_added_to_what_was_built(tmp_path: Path) -> None:
    path, warehouse = tmp_path / "built.json", tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(b"1")
    nothing = read_built(path, warehouse, "data")
    assert (nothing.signatures, nothing.models) == ({}, ())
    write_built(path, warehouse, nothing.after({"a": "1", "b": "1"}, [model("a"), model("b")]))
    warehouse.write_bytes(b"12")
    first = read_built(path, warehouse, "data")
    assert first.signatures == {}
    write_built(path, warehouse, nothing.after({"a": "1", "b": "1"}, [model("a"), model("b")]))
    before = read_built(path, warehouse, "data")
    after = write_built(
        path, warehouse, before.after({"b": "2", "c": "1"}, [model("c"), model("b", "select 2")])
    )
    assert read_built(path, warehouse, "data") == after
    assert after.signatures == {"a": "1", "b": "2", "c": "1"}
    assert after.models == (model("a"), model("b", "select 2"), model("c"))


def test_other_data_another_warehouse_and_a_build_under_way_void_it(tmp_path: Path) -> None:
    path, warehouse = tmp_path / "built.json", tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(b"1")
    write_built(path, warehouse, read_built(path, warehouse, "data").after({"a": "1"}, []))
    assert read_built(path, warehouse, "data").signatures == {"a": "1"}
    assert read_built(path, warehouse, "other").signatures == {}
    found = warehouse.stat()
    os.utime(warehouse, ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    assert read_built(path, warehouse, "data").signatures == {}
    os.utime(warehouse, ns=(found.st_atime_ns, found.st_mtime_ns))
    forget_built(path)
    assert read_built(path, warehouse, "data").signatures == {}


def test_the_digest_follows_each_file_of_the_lake(tmp_path: Path) -> None:
    def digest() -> str:
        return data_digest(tmp_path, "as of")

    day = tmp_path / "events" / "day=2018-01-01"
    day.mkdir(parents=True)
    found = {digest()}
    (day / "part-0.parquet").write_bytes(b"1")
    found.add(digest())
    (day / "part-0.parquet").write_bytes(b"12")
    found.add(digest())
    (day / "part-1.parquet").write_bytes(b"1")
    found.add(digest())
    assert len(found) == 4
    assert digest() in found
    assert data_digest(tmp_path, "as of", "") not in found
