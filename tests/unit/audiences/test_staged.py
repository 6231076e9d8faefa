from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.support.publications import AS_OF
from transforms.audiences import staged as module
from transforms.audiences.memberships import CalculatedAudience
from transforms.audiences.staged import Staged, read_staged, stage
from transforms.definitions.records import AbTest

if TYPE_CHECKING:
    from pathlib import Path

TABLES = """
create table int_user_identities as
    select * from (values
        ('web', 2, 'email', 'b@example.com'), ('app', 2, 'email', 'b@example.com'),
        ('till', 2, 'email', 'b@example.com'), ('web', -1, 'other', 'ü'), ('app', -1, 'email', 'ü'),
        ('app', 2, 'customer_id', '7')
    ) as identities(workspace, mpid, identity_type, identity_value);
create table dim_profiles as
    select workspace, mpid, null::timestamp as first_seen, timestamp '2018-01-01' as last_seen,
        null::timestamp as first_active, null::timestamp as last_active
    from (values ('web', 2), ('app', 9223372036854775807), ('web', -1), ('app', 1)) as profiles(workspace, mpid);
create table int_user_attributes as
    select workspace, mpid, attribute_key, attribute_key as attribute_name, 'v' as value,
        null::varchar[] as elements, timestamp '2018-01-01' as said_at
    from (values ('web', 1, 'b'), ('web', 1, 'a'), ('app', 3, 'a')) as attributes(workspace, mpid, attribute_key);
create table int_user_privacy as
    select * from (values
        (2, 'opted_out', null, null, null, null, true), (1, 'limited', 'ios_advertising_id', 'A', null, null, true),
        (1, 'consent', null, null, 'gdpr', 'marketing', false)
    ) as privacy(mpid, statement, identity_type, identity_value, regulation, purpose, is_so);
create table mst_b as select unnest([3, -5, 9223372036854775807]) as mpid, 'push' as variant;
create table mst_a as select 1::bigint as mpid, null::varchar as variant where false;
"""


@pytest.fixture(params=[1, 100_000], ids=["single rows", "whole batches"])
def staged(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Staged:
    monkeypatch.setattr(module, "_BATCH", request.param)
    warehouse = tmp_path / "milepost.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(TABLES)
    calculated = (
        CalculatedAudience("b", "hash", AbTest("t", (("x", 5000),))),
        CalculatedAudience("a", "hash"),
    )
    return stage(warehouse, tmp_path / "staging", AS_OF, calculated, (), (), ("customer_id",))


def test_an_identity_that_several_workspaces_know_is_staged_once(staged: Staged) -> None:
    assert [tuple(row.values()) for row in pq.read_table(staged.identities).to_pylist()] == [
        (-1, "email", "ü"),
        (-1, "other", "ü"),
        (2, "customer_id", "7"),
        (2, "email", "b@example.com"),
    ]


def test_what_keeps_somebody_from_being_sent_is_staged_in_order(staged: Staged) -> None:
    rows = [tuple(row.values()) for row in pq.read_table(staged.privacy).to_pylist()]
    assert rows == [
        (1, "consent", None, None, "gdpr", "marketing", False),
        (1, "limited", "ios_advertising_id", "A", None, None, True),
        (2, "opted_out", None, None, None, None, True),
    ]


def test_tables_of_users_are_sorted_by_workspace_and_mpid(staged: Staged) -> None:
    profiles = pq.read_table(staged.profiles).select(["workspace", "mpid"]).to_pylist()
    assert [tuple(row.values()) for row in profiles] == [
        ("app", 1),
        ("app", 2**63 - 1),
        ("web", -1),
        ("web", 2),
    ]
    attributes = pq.read_table(staged.attributes).select(["workspace", "mpid", "attribute_key"]).to_pylist()
    assert [tuple(row.values()) for row in attributes] == [("app", 3, "a"), ("web", 1, "a"), ("web", 1, "b")]


def test_members_are_sorted_by_audience_and_mpid(staged: Staged) -> None:
    members = pq.read_table(staged.members).to_pylist()
    assert [tuple(row.values()) for row in members] == [
        (AS_OF, "b", mpid, "push") for mpid in (-5, 3, 2**63 - 1)
    ]


def test_what_was_staged_is_read_again(staged: Staged) -> None:
    assert read_staged(staged.folder.parent, AS_OF) == staged
