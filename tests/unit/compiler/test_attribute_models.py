"""Models of calculated attributes: their text, their contract, and the folder that they lie in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from tests.support.small_attributes import attribute
from tests.support.small_warehouse import SmallWarehouse, render
from tests.unit.compiler.builders import audience, definitions
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.emit import check_models, write_models
from transforms.compiler.models import compile_models
from transforms.compiler.rollups import rollups
from transforms.criteria.calculated.functions import FUNCTIONS
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = "models/attributes/generated"
PURCHASES = "of: {ecommerce: {action: purchase, product: {category: shoes}}}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ltv", f"function: sum\n{PURCHASES}value: total_amount\nsince: 2017-01-01"),
        ("average_price", f"function: average\n{PURCHASES}value: {{product: price}}"),
        (
            "first_genres",
            "function: unique_list\nof: {event: {name: {contains: play}}}\nvalue: genre\nwithin: 90 days",
        ),
        ("last_brand", f"function: last_value\n{PURCHASES}value: {{product: brand}}"),
        ("first_play", "function: first_timestamp\nof: {event: {name: Play}}"),
        ("usual_genre", "function: most_frequent\nof: {event: {name: Play}}\nvalue: genre"),
    ],
)
def test_models_read_well(name: str, text: str, golden: Callable[[str, str], None]):
    project = definitions(attributes=(attribute(text, name),), event_tiers=(("Heartbeat", "preserve"),))
    file = compile_models(project)[1]
    assert file.path == f"{FOLDER}/int_calculated_{name}.sql"
    golden(f"sql/calculated_{name}.sql", file.text)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_every_model_keeps_its_contract(function):
    value = "value: genre" if function.takes_value else ""
    found = attribute(f"function: {function.name}\nof: {{event: {{name: Play}}}}\n{value}")
    own = definitions(attributes=(found,))
    properties, model, *_ = compile_models(own)
    warehouse = SmallWarehouse(1)
    warehouse.make_rollups(rollups(own).values())
    described = YAML(typ="safe").load(render(properties.text))["models"][0]
    assert described["name"] == "int_calculated_it"
    assert described["config"]["contract"] == {"enforced": True}
    result = warehouse.connection.execute(render(model.text))
    given = [(column[0], str(column[1]).lower()) for column in result.description or ()]
    assert given == [(column["name"], column["data_type"]) for column in described["columns"]]


def test_text_of_users_is_text_in_models_and_nothing_escapes_a_comment():
    nasty = "{{ 1+1 }} */ -- '"
    text = f'function: last_value\nof: {{event: {{name: "{nasty}"}}}}\nvalue: "{nasty}"'
    found = replace(attribute(text), name=nasty)
    properties, model = compile_models(definitions(attributes=(found,)))
    warehouse = SmallWarehouse(1)
    warehouse.event(1, nasty, attributes={nasty: "found"})
    assert warehouse.connection.execute(render(model.text)).fetchall() == [(1, "found", None, None)]
    assert YAML(typ="safe").load(render(properties.text))["models"][0]["name"] == "int_calculated_it"


def test_the_folder_is_the_compilers(tmp_path: Path):
    count = attribute("function: count\nof: {event: {name: Play}}")
    project = definitions(audience(), attributes=(count,))
    write_models(tmp_path, compile_models(project))
    path = tmp_path / FOLDER / "int_calculated_it.sql"
    assert check_models(tmp_path, compile_models(project)) == ()
    path.write_text(path.read_text().replace("count", "sum"))
    assert [each.kind for each in check_models(tmp_path, compile_models(project))] == ["changed"]

    changes = write_models(tmp_path, compile_models(definitions(audience())))
    assert changes.removed[:2] == (
        f"{FOLDER}/_attributes__generated.yml",
        f"{FOLDER}/int_calculated_it.sql",
    )
    (tmp_path / FOLDER / "mine.sql").write_text("select 1")
    with pytest.raises(UserError, match="was not generated"):
        write_models(tmp_path, compile_models(project))


def test_an_id_that_the_target_can_not_hold_is_refused():
    short = replace(DUCKDB, identifier_limit=len("int_calculated_it"))
    text = "function: count\nof: {event: {name: Play}}"
    compile_models(definitions(attributes=(attribute(text, "it"),)), dialect=short)
    with pytest.raises(UserError, match="int_calculated_its"):
        compile_models(definitions(attributes=(attribute(text, "its"),)), dialect=short)
