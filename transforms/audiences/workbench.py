"""A run's models over the lake as it is now, in memory: criteria are asked here without the warehouse file.

The warehouse has one writer and then no reader; here nobody waits, and what is asked need not have been compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from transforms.audiences.activation import with_needed
from transforms.audiences.earlier_members import EARLIER_MEMBERS, find_earlier_members
from transforms.audiences.lake_tables import define_lake, define_lake_of_sample, define_lake_of_user
from transforms.compiler.assemble import audience_query, criterion_query, criterion_rows
from transforms.compiler.attributes import attribute_model, attribute_query
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.criteria import expressions as sql
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.engine import calculator, quoted
from transforms.errors import failure
from transforms.ingest.lists import has_list

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from transforms.audiences.generations import Generation
    from transforms.audiences.run_models import RunModel, RunModels
    from transforms.audiences.sample import Sample
    from transforms.criteria.language import Criterion
    from transforms.criteria.scope import Scope
    from transforms.definitions.records import Audience, Definitions

#: Models that say of a user only what was said of that user. What lies elsewhere may look at all users at once.
_PROFILES = "models/profiles/"
_OF_EACH_USER = ("models/staging/", _PROFILES)
_STORED = """
select mpid, variant from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and ($mpid is null or mpid = $mpid)
"""
_EARLIER = "create macro earlier_members() as table from {table}"
_KEPT = "select * from read_parquet('{file}', hive_partitioning = false)"
_SAMPLED = "select mpid from read_parquet($files, hive_partitioning = false)"
_CHOSEN = "create or replace temp table chosen_users as select mpid from read_parquet($files)"


@dataclass(frozen=True)
class StoredMembers:
    """Where the members of an audience are stored: the file, and the id that they have in it."""

    file: Path
    audience_id: str


def stored_members(
    definitions: Definitions, generation: Generation, as_of: datetime, audience_ids: Collection[str]
) -> dict[str, StoredMembers | None]:
    """Where the members of audiences are stored at `as_of`; None for those that were not calculated."""
    calculated = generation.calculated(as_of)
    found: dict[str, StoredMembers | None] = {}
    for audience in definitions.audiences:
        if audience.id in audience_ids:
            stored_as = audience.stored_as(calculated)
            file = generation.members_file(as_of)
            found[audience.id] = None if stored_as is None else StoredMembers(file, stored_as)
    return found


class Workbench:
    """What a run at `as_of` would compute by `definitions`, for all users, for one or for a sample.

    `models` are those of a run. `by_hand` are the audiences whose SQL an analyst writes, each with what is stored of
    it, if anything is. `stored` are the memberships of earlier instants: each as_of and its folder. With an `mpid` only what concerns that user is read from the lake, and answers hold for that
    user alone. With a `sample` they hold for its users, and may name others; tables of models are kept with it. Questions raise a failure (exit status 1) where they need what the run did not have.
    """

    def __init__(
        self,
        definitions: Definitions,
        models: RunModels,
        as_of: datetime,
        lake: Path,
        spill: Path,
        *,
        by_hand: Mapping[str, StoredMembers | None],
        stored: Mapping[datetime, Path],
        mpid: int | None = None,
        sample: Sample | None = None,
    ) -> None:
        self._definitions = definitions
        self._models = models
        self._as_of = as_of
        self._lake = lake
        self._spill = spill
        self._by_hand = by_hand
        self._stored = stored
        self._mpid = mpid
        self._sample = sample
        self._made: set[str] = set()
        self._whole: Workbench | None = None
        self._connection = calculator(spill)
        self._prepare()

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        if self._whole is not None:
            self._whole.__exit__()

    def is_by_hand(self, audience_id: str) -> bool:
        """Whether an analyst writes the SQL of an audience: its members are those that are stored."""
        return audience_id in self._by_hand

    def has_list(self, name: str) -> bool:
        """Whether a list was taken in."""
        return has_list(self._lake, name)

    def holders(self, criterion: Criterion, scope: Scope) -> frozenset[int]:
        """The users of the population for whom a criterion holds."""
        return frozenset(mpid for (mpid,) in self.rows(criterion_query(criterion, scope)))

    def population(self, scope: Scope) -> frozenset[int]:
        """Who can be in an audience of this scope."""
        return frozenset(mpid for (mpid,) in self.rows(criterion_rows(sql.population(), scope)))

    def members(self, audience_id: str) -> dict[int, str | None]:
        """The members of an audience or milestone, each with the variant where a test runs."""
        return dict(self.rows(exp.select("mpid", "variant").from_(sql.model(AUDIENCE_PREFIX + audience_id))))

    def sorted_members(self, audience_id: str) -> tuple[Any, tuple[str | None, ...]]:
        """The members of an audience or milestone as an array of numpy in ascending order, and the variant of each."""
        columns = exp.select("mpid", "variant").from_(sql.model(AUDIENCE_PREFIX + audience_id))
        found = self._connection.sql(self.text(columns.order_by("mpid"))).to_arrow_table()
        return found.column("mpid").to_numpy(), tuple(found.column("variant").to_pylist())

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """The rows of a query that names models and the instant as generated SQL does."""
        return self._connection.execute(self.text(query)).fetchall()

    def mpids(self, text: str) -> Any:
        """The column `mpid` of a query, which `text` gave, as an array of numpy."""
        return self._connection.execute(text).fetchnumpy()["mpid"]

    def sampled_mpids(self, sample: Sample) -> Any:
        """The users of a sample as an array of numpy, in no order."""
        files = [str(file) for file in sample.mpid_files()]
        return self._connection.execute(_SAMPLED, {"files": files}).fetchnumpy()["mpid"]

    def add_table(self, name: str, rows: pa.Table) -> None:
        """Make rows a table that queries can name like a model; `name` is that of no model."""
        self._connection.register("added", rows)
        self._create("table", name, "select * from added")
        self._connection.unregister("added")
        self._made.add(name)

    def add_view(self, name: str, query: exp.Query) -> None:
        """The same of a query, which may name models."""
        self._create("view", name, self.text(query))
        self._made.add(name)

    def _prepare(self) -> None:
        database = quoted(self._models.database)
        self._connection.execute("set timezone = 'UTC'")
        # Each question reads the same files: their footers are read once.
        self._connection.execute("set parquet_metadata_cache = true")
        self._connection.execute(f"attach if not exists ':memory:' as {database}")
        self._connection.execute(f"use {database}")
        for statement in self._models.functions:
            self._connection.execute(statement)
        instant = exp.cast(exp.Literal.string(str(self._as_of)), "timestamp").sql(DUCKDB.sqlglot_name)
        self._connection.execute(f"create macro as_of() as {instant}")
        if self._sample is not None:
            define_lake_of_sample(self._connection, self._lake, self._sample)
        elif self._mpid is None:
            define_lake(self._connection, self._lake)
        else:
            logins = self._models.login_types
            define_lake_of_user(self._connection, self._lake, self._mpid, self._as_of, logins)
        everything = [audience.id for audience in self._definitions.audiences]
        find_earlier_members(
            self._connection, self._definitions, everything, self._stored, self._as_of, mpid=self._mpid
        )
        self._connection.execute(_EARLIER.format(table=EARLIER_MEMBERS))

    def text(self, query: exp.Query) -> str:
        """A query as the engine takes it, once every model that it names has been made."""
        for name in sql.named_models(query):
            self._make(name)
        return sql.rendered(query, self._relation, sql.call("as_of")).sql(DUCKDB.sqlglot_name, comments=False)

    def _relation(self, name: str) -> exp.Table:
        model = self._models.model(name)
        schema, identifier = ("main", name) if model is None else (model.schema, model.identifier)
        return exp.table_(identifier, schema, self._models.database, quoted=True)

    def _make(self, name: str) -> None:
        """A model, after all that it reads; each once."""
        if name not in self._made:
            self._made.add(name)
            try:
                self._make_anew(name)
            except BaseException:
                # Who asks again is told why again.
                self._made.discard(name)
                raise

    def _make_anew(self, name: str) -> None:
        audience_id = name.removeprefix(AUDIENCE_PREFIX)
        audience = next((one for one in self._definitions.audiences if one.id == audience_id), None)
        attribute = next(
            (one for one in self._definitions.attributes if attribute_model(one.id) == name), None
        )
        model = self._models.model(name)
        if name.startswith(AUDIENCE_PREFIX) and audience is not None:
            self._make_audience(audience)
        elif attribute is not None:
            query = attribute_query(attribute, self._definitions.project)
            self._create("table", name, self.text(query))
        elif model is None:
            raise failure(
                "no-such-model",
                f"the run of this as_of did not have the model `{name}`",
                hint="`milepost run` makes every model",
            )
        elif self._sample is not None and model.is_table:
            self._make_kept(model, self._sample)
        else:
            self._make_model(model)

    def _make_kept(self, model: RunModel, sample: Sample) -> None:
        """A table of which the sample keeps the rows, made where it has none yet."""
        file = sample.kept_model(model.name)
        relation = self._relation(model.name).sql(DUCKDB.sqlglot_name)
        if not file.exists():
            self._make_model(model)
            rows = self._connection.table(relation)
            if model.path.startswith(_PROFILES) and "mpid" in rows.columns:
                # Of other users there is a part, which nobody counts.
                self._choose(sample)
                rows = rows.filter("mpid in (select chosen_users.mpid from chosen_users)")
            sample.keep_model(model.name, lambda path: rows.write_parquet(str(path), compression="zstd"))
            self._connection.execute(f"drop table {relation}")
        path = str(file).replace("'", "''")
        self._create("view", model.name, _KEPT.format(file=path))

    def _make_model(self, model: RunModel) -> None:
        is_narrowed = self._mpid is not None or (
            self._sample is not None and not self._sample.record.is_whole
        )
        if is_narrowed and not model.path.startswith(_OF_EACH_USER):
            self._take_over(model)
            return
        for needed in model.needs:
            self._make(needed)
        try:
            self._create("table" if model.is_table else "view", model.name, model.sql)
        except duckdb.Error as error:
            raise failure(
                "model-not-made-again",
                f"the model `{model.name}` can't be made from what the run kept",
                hint="models that criteria read can read other models, and no seed, source or table beside the lake",
            ) from error

    def _make_audience(self, audience: Audience) -> None:
        # In this order none of them makes another in turn: a chain may be longer than Python's stack.
        for needed in with_needed(self._definitions, [audience.id])[:-1]:
            self._make(AUDIENCE_PREFIX + needed)
        name = AUDIENCE_PREFIX + audience.id
        if audience.id in self._by_hand:
            self._make_stored(name, audience.id, self._by_hand[audience.id])
            return
        query = audience_query(audience, self._definitions.project)
        if audience.ab_test is None:
            query = query.select(exp.alias_(exp.cast(exp.null(), "text"), "variant"), copy=False)
        self._create("table", name, self.text(query))

    def _make_stored(self, name: str, audience_id: str, stored: StoredMembers | None) -> None:
        if stored is None:
            raise failure(
                "not-calculated",
                f"`{audience_id}` was not calculated, and its SQL is written by hand: only a run can tell its members",
                hint="`milepost run --all` calculates everything",
            )
        values = {"members": str(stored.file), "audience": stored.audience_id, "mpid": self._mpid}
        self._create("table", name, _STORED, values)

    def _take_over(self, model: RunModel) -> None:
        """The rows of one user or of a sample in a model that may look at all users: it is made over the whole lake."""
        if self._whole is None:
            self._whole = Workbench(
                self._definitions,
                self._models,
                self._as_of,
                self._lake,
                self._spill,
                by_hand=self._by_hand,
                stored=self._stored,
            )
        if self._sample is None:
            found = self._whole.table_of_user(model.name, self._mpid)
        else:
            found = self._whole.table_of_sample(model.name, self._sample)
        self._connection.register("taken_over", found)
        self._create("table", model.name, "select * from taken_over")
        self._connection.unregister("taken_over")

    def table_of_user(self, model: str, mpid: int | None) -> pa.Table:
        """The rows of a model, which has a column `mpid`, of one user."""
        query = exp.select("*").from_(sql.model(model)).where(exp.column("mpid").eq(mpid))
        return self._connection.sql(self.text(query)).to_arrow_table()

    def table_of_sample(self, model: str, sample: Sample) -> pa.Table:
        """The rows of a model, which has a column `mpid`, of the users of a sample."""
        self._choose(sample)
        chosen = sql.is_among(exp.column("mpid"), exp.select("mpid").from_(sql.table("chosen_users")))
        query = exp.select("*").from_(sql.model(model)).where(chosen)
        return self._connection.sql(self.text(query)).to_arrow_table()

    def _choose(self, sample: Sample) -> None:
        """Make `chosen_users` the users of a sample."""
        self._connection.execute(_CHOSEN, {"files": [str(file) for file in sample.mpid_files()]})

    def _create(self, kind: str, name: str, query: str, values: dict[str, Any] | None = None) -> None:
        relation = self._relation(name)
        self._connection.execute(f"create schema if not exists {quoted(relation.db)}")
        self._connection.execute(
            f"create {kind} {relation.sql(DUCKDB.sqlglot_name)} as {query}", values or {}
        )
