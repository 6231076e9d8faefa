"""The way of the data with a short dbt run: for projects of hundreds of definitions, at one as_of or at several.

dbt makes staging and profiles, from a project that it parses once a process. The models behind them, the analysts'
own and the generated ones, are run on the same warehouse as dbt would run them, without its tenth of a second for
each. `pipeline.run_pipeline` leaves everything to dbt.
"""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from contextlib import closing
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import jinja2

from tests.support.pipeline import (
    add_scaffold,
    ingest_landing,
    read_members,
    run_dbt,
    warehouse,
    write_earlier,
)
from transforms.audiences.activation import needed_lists
from transforms.compiler.models import compile_models
from transforms.criteria.events.rollups import ROLLUP_PREFIX
from transforms.definitions.load import load_definitions
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from datetime import datetime

    from transforms.definitions.records import Definitions, Project

#: What the materialization of rollups makes of their queries, in a warehouse where nothing was counted before.
_COUNTED_DAYS = """
select coalesce(logins.mpid, days.mpid) as mpid, days.* exclude (mpid)
from ({query}) as days left join int_login_identities as logins using (login_identity)
where day < cast(timestamp '{as_of}' as date)
"""
_REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")


def take_in(project: Path, data: Path) -> Definitions:
    """Ingest what landed below `data`, and the lists that criteria name; gives the definitions of `project`."""
    definitions = load_definitions(project)
    ingest_landing(definitions.project, data)
    take_in_lists(project, data / "lake", needed_lists(definitions))
    return definitions


def members_at(
    definitions: Definitions, project: Path, data: Path, as_of: datetime
) -> dict[str, dict[int, str | None]]:
    """The members of every audience and milestone with their variants at an instant, in a new warehouse of `data`."""
    build_profiles(definitions.project, data, as_of)
    return run_models(definitions, project, data, as_of)


def build_profiles(settings: Project, data: Path, as_of: datetime) -> None:
    """A new warehouse of `data` with staging and profiles at an instant."""
    workshop = _workshop()
    lake = workshop / "data" / "lake"
    lake.unlink(missing_ok=True)
    # Under the same paths each time, since dbt parses everything again where one has changed.
    lake.symlink_to((data / "lake").absolute())
    run_dbt(workshop / "project", workshop / "data", as_of, settings)
    warehouse(data).parent.mkdir(parents=True, exist_ok=True)
    warehouse(workshop / "data").replace(warehouse(data))
    with closing(duckdb.connect(str(warehouse(data)))) as connection:
        _keep_staging(connection)


def run_models(
    definitions: Definitions, project: Path, data: Path, as_of: datetime
) -> dict[str, dict[int, str | None]]:
    """The members of every audience and milestone, over the profiles that were built in `data` for that instant."""
    with closing(duckdb.connect(str(warehouse(data)))) as connection:
        connection.execute("set TimeZone = 'UTC'")
        earlier = str(write_earlier(definitions, data, as_of))
        connection.execute(
            "create or replace table int_earlier_members as from read_parquet($file)", {"file": earlier}
        )
        for name, text in _in_order(_texts(definitions, project)):
            query = _rendered(text, as_of)
            if name.startswith(ROLLUP_PREFIX):
                query = _COUNTED_DAYS.format(query=query, as_of=as_of)
            connection.execute(f"create or replace table {name} as {query}")
    return read_members(warehouse(data), definitions)


def _keep_staging(connection: duckdb.DuckDBPyConnection) -> None:
    """Tables in the place of the staging views, which would open the lake's files again for each model."""
    views = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
    for (name,) in views:
        connection.execute(f"create table kept_{name} as from {name}")
    for (name,) in views:
        connection.execute(f"drop view {name}")
        connection.execute(f"alter table kept_{name} rename to {name}")


@cache
def _workshop() -> Path:
    """A folder with the hand-written part of the dbt project, kept until the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="milepost_tests_"))
    atexit.register(shutil.rmtree, folder)
    (folder / "data").mkdir()
    add_scaffold(folder / "project")
    return folder


def _texts(definitions: Definitions, project: Path) -> dict[str, str]:
    """Model → its text, of the analysts' models and the generated ones."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in project.glob("models/scores/*.sql")}
    generated = [file for file in compile_models(definitions) if file.path.endswith(".sql")]
    return texts | {Path(file.path).stem: file.text for file in generated}


def _in_order(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Each model after those that it reads."""
    read = {name: set(_REF.findall(text)) & texts.keys() for name, text in texts.items()}
    return [(name, texts[name]) for name in TopologicalSorter(read).static_order()]


def _rendered(text: str, as_of: datetime) -> str:
    """The SQL that dbt would give to the engine."""
    environment = jinja2.Environment(autoescape=False, undefined=jinja2.StrictUndefined)
    instant = f"timestamp '{as_of:%Y-%m-%d %H:%M:%S.%f}'"
    names = {"ref": lambda name: name, "as_of": lambda: instant, "config": lambda **_: ""}
    return environment.from_string(text).render(names)
