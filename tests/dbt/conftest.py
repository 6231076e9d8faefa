from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from tests.support.dbt_project import CompiledProject, Folders, run_dbt, write_empty_store
from tests.support.functions import install_functions
from tests.support.lake import write_lake

AS_OF = datetime(2018, 2, 1)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory) -> CompiledProject:
    folders = Folders(tmp_path_factory.mktemp("compiled"))
    write_lake(folders.lake)
    write_empty_store(folders.published)
    run = run_dbt(
        "compile",
        "--selector",
        "staging_and_profiles",
        folders=folders,
        as_of=AS_OF,
        MILEPOST_LOGIN_TYPES="customer_id,email",
    )
    models = {
        name.lower(): sql.replace(f'"{folders.warehouse.stem}"."main".', "")
        for name, sql in run.compiled().items()
    }
    return CompiledProject(folders, models, AS_OF)


@pytest.fixture(scope="session")
def warehouse():
    """A connection with the warehouse functions and nothing else."""
    with duckdb.connect() as connection:
        install_functions(connection)
        yield connection
