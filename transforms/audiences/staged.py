"""What one as_of gave, taken out of the warehouse before the next as_of overwrites it.

Staged files are checked and then published; readers never see them.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from transforms.audiences.memberships import MODELS, CalculatedAudience
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
)
from transforms.instants import compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

_IDENTITIES = "select distinct mpid, identity_type, identity_value from int_user_identities order by all"
_PROFILES = (
    "select workspace, mpid, first_seen, last_seen, first_active, last_active from dim_profiles "
    "order by workspace, mpid"
)
_ATTRIBUTES = (
    "select workspace, mpid, attribute_key, attribute_name, value, elements, said_at from int_user_attributes "
    "order by workspace, mpid, attribute_key"
)
_CALCULATED = "calculated.json"
_CALCULATED_ATTRIBUTES = "calculated_attributes.json"
_BATCH = 100_000


@dataclass(frozen=True)
class Staged:
    """One staged as_of: a folder with MEMBERSHIP, USER_IDENTITIES, PROFILES, USER_ATTRIBUTES and
    CALCULATED_ATTRIBUTES, sorted, and the models that they were computed by. `attribute_ids` are the attributes
    that were calculated.
    """

    folder: Path
    as_of: datetime
    calculated: tuple[CalculatedAudience, ...]
    attribute_ids: tuple[str, ...] = ()

    @property
    def members(self) -> Path:
        """MEMBERSHIP, sorted by (audience_id, mpid)."""
        return self.folder / "members.parquet"

    @property
    def identities(self) -> Path:
        """USER_IDENTITIES, sorted by (mpid, identity_type, identity_value)."""
        return self.folder / "identities.parquet"

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
    with duckdb.connect(str(warehouse), config={"autoinstall_known_extensions": "false"}) as connection:
        members = pa.RecordBatchReader.from_batches(MEMBERSHIP, _members(connection, staged))
        write_rows(staged.members, MEMBERSHIP, members)
        for path, schema, query in (
            (staged.identities, USER_IDENTITIES, _IDENTITIES),
            (staged.profiles, PROFILES, _PROFILES),
            (staged.attributes, USER_ATTRIBUTES, _ATTRIBUTES),
        ):
            write_rows(path, schema, connection.sql(query).to_arrow_reader(_BATCH))
        values = pa.RecordBatchReader.from_batches(CALCULATED_ATTRIBUTES, _values(connection, staged))
        write_rows(staged.calculated_attributes, CALCULATED_ATTRIBUTES, values)
        made_by = RunModels(
            database=warehouse.stem,
            login_types=login_types,
            functions=functions_of(connection),
            models=tuple(sorted(models, key=lambda model: model.name)),
        )
    write_run_models(folder / MODELS, made_by)
    (folder / _CALCULATED_ATTRIBUTES).write_text(json.dumps(staged.attribute_ids), encoding="utf-8")
    listed = [asdict(audience) for audience in staged.calculated]
    (folder / _CALCULATED).write_text(json.dumps(listed), encoding="utf-8")
    return staged


def read_staged(staging: Path, as_of: datetime) -> Staged | None:
    """What was staged for `as_of`, None where nothing was."""
    folder = staging / compact(as_of)
    if not (folder / _CALCULATED).exists():
        return None
    listed = json.loads((folder / _CALCULATED).read_text(encoding="utf-8"))
    attribute_ids = json.loads((folder / _CALCULATED_ATTRIBUTES).read_text(encoding="utf-8"))
    return Staged(folder, as_of, tuple(CalculatedAudience(**entry) for entry in listed), tuple(attribute_ids))


def rows(path: Path) -> pa.RecordBatchReader:
    """A staged file as a reader."""
    file = pq.ParquetFile(path)
    return pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches())


def _members(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Iterator[pa.RecordBatch]:
    for audience in staged.calculated:
        variant = exp.column("variant") if audience.has_test else exp.null()
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
