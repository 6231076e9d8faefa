from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from tests.support.functions import install_functions
from tests.support.run_models import model, small_run_models
from transforms.audiences.run_models import functions_of, read_run_models, write_run_models

if TYPE_CHECKING:
    from pathlib import Path


def test_models_are_read_as_they_were_written(tmp_path: Path) -> None:
    models = small_run_models(model("mine", "select 'ä\n\"' as x", "dim_profiles"))
    write_run_models(tmp_path / "models.json", models)
    assert read_run_models(tmp_path / "models.json") == models


def test_functions_can_be_made_again_in_the_order_in_which_they_are_given() -> None:
    with duckdb.connect() as connection, duckdb.connect() as empty:
        install_functions(connection)
        for statement in functions_of(connection):
            empty.execute(statement)
        query = "select as_number(' 1.5e1 '), as_instant('2018-01-01T00:30:00+01:00'), version_key('2.10')"
        assert empty.execute(query).fetchall() == connection.execute(query).fetchall()


def test_what_a_run_says_anew_and_what_reads_the_warehouse_is_no_function_of_it() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t (x integer)")
        connection.execute("create macro rows_of_t() as table select * from t")
        connection.execute("create macro as_of() as timestamp '2018-01-01'")
        connection.execute("create macro lake_events() as table select 1 as one")
        connection.execute("create macro lake_files(lake_table) as table select lake_table as one")
        connection.execute("create macro one_of(few) as table select few as one")
        (only,) = functions_of(connection)
    assert only.startswith('create macro "one_of"("few") as table')
