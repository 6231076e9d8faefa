"""Users of lists and of analysts' dbt models, run on DuckDB (spec §4.4)."""

from __future__ import annotations

import duckdb
import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.support.small_warehouse import SmallWarehouse, codes, criterion
from transforms.criteria.kinds.audience import AUDIENCE
from transforms.criteria.kinds.list import LIST
from transforms.criteria.kinds.model import MODEL
from transforms.criteria.language import criteria_schema, named_lists, named_models

BOTH = ("shop", "club")
ENDS = (-(2**63), -1, 0, 2**63 - 1)


def test_a_list_of_identities_is_compared_by_type_and_without_case():
    warehouse = SmallWarehouse(1, 2, 3, 4)
    warehouse.identity(1, "email", "A@x.com")
    warehouse.identity(2, "customer_id", "a@x.com")
    warehouse.identity(3, "email", " a@x.com")
    warehouse.identity(4, "email", "İ@x.com")
    warehouse.identity(99, "email", "a@x.com")
    warehouse.listed("vip", "a@X.com", "a@x.com", "i@x.com")
    warehouse.listed("other", " a@x.com")
    assert warehouse.members("list: vip") == [1, 4]
    assert warehouse.members("none: [{list: vip}]") == [2, 3]
    assert warehouse.members("any: [{list: vip}, {list: other}]") == [1, 3, 4]
    assert warehouse.members("all: [{list: vip}, {list: other}]") == []


def test_a_list_of_mpids_keeps_all_64_bits():
    warehouse = SmallWarehouse(*ENDS, 5)
    warehouse.listed("vip", *ENDS, 2**63 - 2, 99)
    assert warehouse.members("list: vip") == list(ENDS)


def test_a_list_that_is_empty_holds_nobody():
    warehouse = SmallWarehouse(1)
    assert warehouse.members("list: vip") == []
    assert warehouse.members("exclude: [{list: vip}]") == [1]


def test_a_list_looks_at_the_workspaces_of_the_criterion():
    warehouse = SmallWarehouse(1, 2)
    warehouse.profile(1, "club")
    warehouse.profile(3, "club")
    warehouse.identity(1, "email", "one@x.com", workspace="club")
    warehouse.identity(2, "email", "two@x.com")
    warehouse.listed("emails", "one@x.com", "two@x.com")
    warehouse.listed("mpids", 1, 2, 3)
    assert warehouse.members("list: emails") == [2]
    assert warehouse.members("list: emails", workspaces=BOTH) == [1, 2]
    assert warehouse.members("list: {name: emails, workspace: club}", workspaces=BOTH) == [1]
    assert warehouse.members("list: mpids") == [1, 2]
    assert warehouse.members("list: {name: mpids, workspace: club}", workspaces=BOTH) == [1, 3]


def test_a_list_does_not_see_hidden_profiles():
    warehouse = SmallWarehouse(1)
    warehouse.profile(1, "club")
    warehouse.connection.execute("update dim_profiles set last_seen = '2000-01-01' where workspace = 'club'")
    warehouse.identity(1, "email", "one@x.com", workspace="club")
    warehouse.listed("emails", "one@x.com")
    assert warehouse.members("list: emails", workspaces=BOTH) == [1]
    assert warehouse.members("list: emails", workspaces=BOTH, lifetime="30 days") == []


def test_the_evidence_of_a_list_is_what_is_listed_of_the_user():
    warehouse = SmallWarehouse(1, 2)
    warehouse.identity(1, "email", "A@x.com")
    warehouse.identity(1, "customer_id", "7")
    warehouse.listed("vip", "a@x.com", "a@x.com")
    warehouse.listed("numbers", 2)
    assert warehouse.evidence("list: vip") == [{"mpid": 1, "type": "email", "value": "A@x.com"}]
    assert warehouse.evidence("list: numbers") == [{"mpid": 2, "type": "mpid", "value": "2"}]


def test_a_model_alone_holds_whoever_has_a_row_in_the_population():
    warehouse = SmallWarehouse(*ENDS)
    rows = ", ".join(f"('{mpid}'::bigint)" for mpid in (*ENDS, *ENDS, 99))
    warehouse.model("scores", f"select * from (values {rows}, (null)) as rows(mpid)")
    assert warehouse.members("model: scores") == list(ENDS)
    assert warehouse.members("none: [{model: scores}]") == []


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ("{score: {gte: 0.8}}", [1, 3]),
        ("{score: {gte: 0.8}, segment: gold}", [1]),
        ("{segment: GOLD}", [1, 2]),
        ("{segment: {not_exact: gold}}", [3, 4]),
        ("{score: {lt: 0.5}, segment: {not_exact: gold}}", []),
        ("{score: {lt: 0.5, ne: 0.9}}", [2]),
        ("{score: {exists: false}}", [4]),
        ("{segment: {exists: true}}", [1, 2, 3]),
        ("{'SCORE': {between: [0.05, 0.15]}}", [2]),
        ("{mpid: 3}", [3]),
    ],
)
def test_where_holds_together_on_one_row_and_negatives_on_none(where: str, members: list[int]):
    warehouse = SmallWarehouse(1, 2, 3, 4)
    warehouse.model(
        "scores",
        "select * from (values (1, 0.9, 'Gold'), (1, 0.2, 'silver'), (2, 0.1, 'gold'), (3, 0.8, ''), "
        "(4, null, null), (null, 0.9, 'gold')) as rows(mpid, score, segment)",
    )
    assert warehouse.members(f"model: {{name: scores, where: {where}}}") == members
    others = warehouse.members(f"none: [{{model: {{name: scores, where: {where}}}}}]")
    assert sorted([*others, *members]) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ("7", "{eq: 7}"),
        ("7.50::decimal(9, 2)", "{eq: 7.5}"),
        ("1e20::double", "{gte: 1e20}"),
        ("0.1::float", "{eq: 0.1}"),
        ("17014118346046923173168730371::hugeint", "{gt: 0}"),
        ("true", "{is: true}"),
        ("false", "false"),
        ("date '2017-12-31'", "{on: 2017-12-31, within: 1 day}"),
        ("timestamp '2017-12-31 23:59:59.999999'", "{within: 1 minute}"),
        ("timestamptz '2018-01-01 01:30:00+02'", "{on: 2017-12-31}"),
        ("timestamptz '2018-01-01 01:30:00.5+05:30'", "{on: 2017-12-31}"),
        ("'2.10'", "{version: {gt: '2.9'}}"),
        ("null", "{exists: false, not_exact: x}"),
        ("''", "{exists: true}"),
        ("'nan'::double", "{exists: true, ne: 0}"),
    ],
)
def test_columns_of_every_type_are_read_through_their_text(value: str, condition: str):
    warehouse = SmallWarehouse(1)
    warehouse.model("scores", f"select 1 as mpid, {value} as column_of_it")
    assert warehouse.members(f"model: {{name: scores, where: {{column_of_it: {condition}}}}}") == [1]


@pytest.mark.parametrize(
    "mpid", ["1::tinyint", "1::smallint", "1::integer", "1::ubigint", "1::hugeint", "1::uhugeint"]
)
def test_an_mpid_may_be_of_any_integer_type(mpid: str):
    warehouse = SmallWarehouse(1)
    warehouse.model("scores", f"select {mpid} as mpid")
    assert warehouse.members("model: scores") == [1]


def test_an_integer_that_is_no_mpid_is_nobody():
    warehouse = SmallWarehouse(1, -1)
    warehouse.model("scores", "select 18446744073709551615::ubigint as mpid")
    assert warehouse.members("model: scores") == []


@pytest.mark.parametrize("mpid", ["'1'", "1.0", "1::double", "1::float", "date '2018-01-01'"])
def test_an_mpid_that_is_no_integer_fails_and_says_so(mpid: str):
    warehouse = SmallWarehouse(1)
    warehouse.model("scores", f"select {mpid} as mpid")
    with pytest.raises(duckdb.Error, match=r"mpid of the model scores is .* must be an integer"):
        warehouse.members("model: scores")
    warehouse.model("scores", f"select {mpid} as mpid where false")
    assert warehouse.members("model: scores") == []


def test_a_column_that_is_not_there_is_named():
    warehouse = SmallWarehouse(1)
    warehouse.model("scores", "select 1 as mpid, 2 as score")
    with pytest.raises(duckdb.Error, match='"scor" not found'):
        warehouse.members("model: {name: scores, where: {scor: {gte: 1}}}")
    warehouse.model("scores", "select 1 as user_id")
    with pytest.raises(duckdb.Error, match='"scores" does not have a column named "mpid"'):
        warehouse.members("model: scores")


@pytest.mark.parametrize(
    "name",
    [
        'a"b',
        "{{ 1+1 }}",
        "{% raw %}",
        "{#x#}",
        "it's",
        "a b",
        "select",
        "*",
        "a.b",
        "é😀",
        "a\nb",
        "--",
        "/*",
    ],
)
def test_no_name_of_a_column_becomes_sql_or_jinja(name: str):
    warehouse = SmallWarehouse(1, 2)
    column = name.replace('"', '""')
    warehouse.model("scores", f"""select * from (values (1, 'x'), (2, 'y')) as rows(mpid, "{column}")""")
    quoted = '"' + "".join(f"\\U{ord(character):08x}" for character in name) + '"'
    criteria = f"model: {{name: scores, where: {{{quoted}: x}}}}"
    assert warehouse.members(criteria) == [1]
    assert warehouse.evidence(criteria) == [{"mpid": 1, name: "x"}, {"mpid": 2, name: "y"}]


def test_the_evidence_of_a_model_is_each_row_with_the_columns_that_were_asked():
    warehouse = SmallWarehouse(1)
    warehouse.model(
        "scores", "select * from (values (1, 0.9, 'a'), (1, null, 'b')) as rows(mpid, score, name)"
    )
    assert warehouse.evidence("model: {name: scores, where: {score: {gte: 1}, Score: {exists: true}}}") == [
        {"mpid": 1, "Score": "0.9"},
        {"mpid": 1, "Score": None},
    ]
    assert warehouse.evidence("model: scores") == [{"mpid": 1}, {"mpid": 1}]


def test_what_is_named_can_be_asked_for():
    found = criterion("any: [{list: vip}, {none: [{model: churn}, {list: {name: old, workspace: shop}}]}]")
    assert [named.name for named in named_lists(found)] == ["vip", "old"]
    assert [(named.name, named.place.line) for named in named_models(found)] == [("churn", 1)]


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ("list: ../secrets", "CRT-080"),
        ("list: Vip", "CRT-080"),
        ("list: a__b", "CRT-080"),
        ("list: vip.csv", "CRT-080"),
        ("list: [vip]", "CRT-006"),
        ("list: ''", "CRT-006"),
        ("list:", "CRT-006"),
        ("list: {}", "CRT-003"),
        ("list: {workspace: shop}", "CRT-004"),
        ("list: {name: vip, wher: 1}", "CRT-002"),
        ("model: ../secrets", "CRT-081"),
        ('model: "x\') }}"', "CRT-081"),
        ("model: 1st", "CRT-081"),
        ("model: {where: {a: 1}}", "CRT-004"),
        ("model: {name: a, where: {}}", "CRT-001"),
        ("model: {name: a, where: score}", "CRT-001"),
        ("model: {name: a, where: {score: {}}}", "CRT-003"),
        ("model: {name: a, where: {score: {over: 3}}}", "CRT-005"),
        ("model: {name: a, where: {score: {gte: high}}}", "CRT-006"),
    ],
)
def test_wrong_names_and_conditions_are_problems(criteria: str, code: str):
    assert codes(criteria) == [code]


@pytest.mark.parametrize(
    "example", [example for kind in (LIST, MODEL, AUDIENCE) for example in kind.examples]
)
def test_the_examples_of_the_reference_are_read_and_fit_the_schema(example: str):
    criterion(example)
    jsonschema.Draft202012Validator(criteria_schema()).validate(YAML(typ="safe").load(example))


@pytest.mark.parametrize(
    "criteria", ["list: ../x", "list: {}", "model: 'a b'", "model: {name: a, where: {}}"]
)
def test_the_schema_refuses_what_the_reading_refuses(criteria: str):
    found = YAML(typ="safe").load(criteria)
    assert not jsonschema.Draft202012Validator(criteria_schema()).is_valid(found)
