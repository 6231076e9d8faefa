"""What one as_of gave, taken out of the warehouse before the next as_of overwrites it.

Staged files are checked and then published; readers never see them.
"""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import reduce
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from transforms.audiences.memberships import CALCULATED, MEMBERS, MODELS, CalculatedAudience, read_calculated
from transforms.audiences.run_models import (
    RunModel,
    RunModels,
    functions_of,
    read_run_models,
    write_run_models,
)
from transforms.audiences.tables import write_rows
from transforms.compiler.attributes import attribute_model
from transforms.contracts import (
    CALCULATED_ATTRIBUTES,
    MEMBERSHIP,
    PROFILES,
    USER_ATTRIBUTES,
    USER_IDENTITIES,
    USER_PRIVACY,
)
from transforms.instants import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

# `distinct` would sort by a hash before the rows are sorted; equal rows stand side by side in this order.
_IDENTITIES = (
    "select mpid, identity_type, identity_value from int_user_identities "
    "order by mpid, identity_type, identity_value"
)
_PRIVACY = (
    "select mpid, statement, identity_type, identity_value, regulation, purpose, is_so from int_user_privacy "
    "order by all nulls first"
)
# A workspace at a time: its name would be the first and longest part of what rows are sorted by.
_WORKSPACES = {
    "profiles": "select distinct workspace from dim_profiles order by workspace",
    "attributes": "select distinct workspace from int_user_attributes order by workspace",
}
_OF_A_WORKSPACE = {
    "profiles": (
        "select workspace, mpid, first_seen, last_seen, first_active, last_active from dim_profiles "
        "where workspace = $workspace order by mpid"
    ),
    "attributes": (
        "select workspace, mpid, attribute_key, attribute_name, value, elements, said_at "
        "from int_user_attributes where workspace = $workspace order by mpid, attribute_key"
    ),
}
_CALCULATED_ATTRIBUTES = "calculated_attributes.json"
_BATCH = 100_000
_AT_ONCE = 2


@dataclass(frozen=True)
class Staged:
    """One staged as_of: a folder with MEMBERSHIP, USER_IDENTITIES, USER_PRIVACY, PROFILES, USER_ATTRIBUTES and
    CALCULATED_ATTRIBUTES, sorted, and the models that they were computed by. `attribute_ids` are the attributes
    that were calculated. Members and what was calculated lie in it as in a folder of stored memberships.
    """

    folder: Path
    as_of: datetime
    calculated: tuple[CalculatedAudience, ...]
    attribute_ids: tuple[str, ...] = ()

    @property
    def members(self) -> Path:
        """MEMBERSHIP, sorted by (audience_id, mpid)."""
        return self.folder / MEMBERS

    @property
    def identities(self) -> Path:
        """USER_IDENTITIES, sorted by (mpid, identity_type, identity_value)."""
        return self.folder / "identities.parquet"

    @property
    def privacy(self) -> Path:
        """USER_PRIVACY, sorted by all columns, nulls first."""
        return self.folder / "privacy.parquet"

    @property
    def profiles(self) -> Path:
        """PROFILES, sorted by (workspace, mpid)."""
        return self.folder / "profiles.parquet"

    @property
    def attributes(self) -> Path:
        """USER_ATTRIBUTES, sorted by (workspace, mpid, attribute_key)."""
        return self.folder / "attributes.parquet"

    @property
    def calculated_attributes(self) -> Path:
        """CALCULATED_ATTRIBUTES, sorted by (attribute_id, mpid)."""
        return self.folder / "calculated_attributes.parquet"

    @property
    def models(self) -> RunModels:
        """The models that everything here was computed by."""
        return read_run_models(self.folder / MODELS)


def stage(
    warehouse: Path,
    staging: Path,
    as_of: datetime,
    calculated: tuple[CalculatedAudience, ...],
    attribute_ids: tuple[str, ...],
    models: Iterable[RunModel],
    login_types: tuple[str, ...],
) -> Staged:
    """Copy the members and values of the calculated audiences and attributes, and the profiles, out of the
    warehouse file.

    `models` made them, with `login_types` as login identities.
    """
    folder = staging / compact(as_of)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    audiences = tuple(sorted(calculated, key=lambda audience: audience.id))
    staged = Staged(folder, as_of, audiences, tuple(sorted(attribute_ids)))
    tables = (
        (staged.members, MEMBERSHIP, _members),
        (staged.identities, USER_IDENTITIES, _identities),
        (staged.privacy, USER_PRIVACY, _privacy),
        (staged.profiles, PROFILES, _profiles),
        (staged.attributes, USER_ATTRIBUTES, _attributes),
        (staged.calculated_attributes, CALCULATED_ATTRIBUTES, _values),
    )
    with (
        duckdb.connect(
            str(warehouse), read_only=True, config={"autoinstall_known_extensions": "false"}
        ) as connection,
        # One table is written while the engine sorts the next.
        ThreadPoolExecutor(_AT_ONCE) as threads,
    ):
        written = [
            threads.submit(_copy, connection.cursor(), staged, path, schema, batches)
            for path, schema, batches in tables
        ]
        for one in written:
            one.result()
        made_by = RunModels(
            database=warehouse.stem,
            login_types=login_types,
            functions=functions_of(connection),
            models=tuple(sorted(models, key=lambda model: model.name)),
        )
    write_run_models(folder / MODELS, made_by)
    (folder / _CALCULATED_ATTRIBUTES).write_text(json.dumps(staged.attribute_ids), encoding="utf-8")
    listed = [asdict(audience) for audience in staged.calculated]
    (folder / CALCULATED).write_text(json.dumps(listed), encoding="utf-8")
    return staged


def read_staged(staging: Path, as_of: datetime) -> Staged | None:
    """What was staged for `as_of`, None where nothing was."""
    folder = staging / compact(as_of)
    if not (folder / CALCULATED).exists():
        return None
    attribute_ids = json.loads((folder / _CALCULATED_ATTRIBUTES).read_text(encoding="utf-8"))
    return Staged(folder, as_of, read_calculated(folder), tuple(attribute_ids))


def _copy(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    path: Path,
    schema: pa.Schema,
    batches: Callable[[duckdb.DuckDBPyConnection, Staged], Iterator[pa.RecordBatch]],
) -> None:
    with connection:
        write_rows(path, schema, pa.RecordBatchReader.from_batches(schema, batches(connection, staged)))


def _identities(connection: duckdb.DuckDBPyConnection, _: Staged) -> Iterator[pa.RecordBatch]:
    """An identity that several workspaces know is one."""
    before: list[object] | None = None
    for batch in connection.sql(_IDENTITIES).to_arrow_reader(_BATCH):
        last = batch.num_rows - 1
        same = [
            pc.call_function("equal", [column.slice(1), column.slice(0, last)]) for column in batch.columns
        ]
        first = pa.array([[column[0].as_py() for column in batch.columns] == before])
        repeats = pa.concat_arrays([first, reduce(_both, same)])
        before = [column[last].as_py() for column in batch.columns]
        yield batch.filter(pc.call_function("invert", [repeats])).cast(USER_IDENTITIES)


def _both(left: pa.Array, right: pa.Array) -> pa.Array:
    return pc.call_function("and", [left, right])


def _privacy(connection: duckdb.DuckDBPyConnection, _: Staged) -> Iterator[pa.RecordBatch]:
    for batch in connection.sql(_PRIVACY).to_arrow_reader(_BATCH):
        yield batch.cast(USER_PRIVACY)


def _profiles(connection: duckdb.DuckDBPyConnection, _: Staged) -> Iterator[pa.RecordBatch]:
    return _by_workspace(connection, "profiles", PROFILES)


def _attributes(connection: duckdb.DuckDBPyConnection, _: Staged) -> Iterator[pa.RecordBatch]:
    return _by_workspace(connection, "attributes", USER_ATTRIBUTES)


def _by_workspace(
    connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for (workspace,) in connection.execute(_WORKSPACES[table]).fetchall():
        rows = connection.sql(_OF_A_WORKSPACE[table], params={"workspace": workspace})
        for batch in rows.to_arrow_reader(_BATCH):
            yield batch.cast(schema)


def _members(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Iterator[pa.RecordBatch]:
    for audience in staged.calculated:
        variant = exp.column("variant") if audience.test is not None else exp.null()
        query = exp.select(exp.column("mpid"), variant.as_("variant")).from_(
            exp.to_table(f"mst_{audience.id}")
        )
        in_order = query.order_by(exp.column("mpid")).sql("duckdb")
        for batch in connection.sql(in_order).to_arrow_reader(_BATCH):
            count = batch.num_rows
            yield pa.record_batch(
                [
                    pa.repeat(pa.scalar(staged.as_of, MEMBERSHIP.field("as_of").type), count),
                    pa.repeat(pa.scalar(audience.id), count),
                    batch.column(0).cast(pa.int64()),
                    batch.column(1).cast(pa.string()),
                ],
                schema=MEMBERSHIP,
            )


def _values(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Iterator[pa.RecordBatch]:
    for attribute_id in staged.attribute_ids:
        query = exp.select("mpid", "value", "elements").from_(exp.to_table(attribute_model(attribute_id)))
        for batch in connection.sql(query.order_by("mpid").sql("duckdb")).to_arrow_reader(_BATCH):
            count = batch.num_rows
            yield pa.record_batch(
                [
                    pa.repeat(pa.scalar(staged.as_of, CALCULATED_ATTRIBUTES.field("as_of").type), count),
                    pa.repeat(pa.scalar(attribute_id), count),
                    *(
                        batch.column(name).cast(CALCULATED_ATTRIBUTES.field(name).type)
                        for name in ("mpid", "value", "elements")
                    ),
                ],
                schema=CALCULATED_ATTRIBUTES,
            )
