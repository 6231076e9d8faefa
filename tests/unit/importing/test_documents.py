"""Documents that are none, names and ids, lists of audiences, and text of any kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.documents.nodes import Mapping, Scalar
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.errors import UserError
from transforms.importing.audience import Imported, Source, import_audiences
from transforms.importing.mapping import read_import_map
from transforms.importing.names import id_of_name

EXPRESSION = {"operator": "equals", "left": {"model": "user", "path": "plan"}, "right": "free"}


def definition(expression: Any = EXPRESSION, **root: Any) -> str:
    return json.dumps({"schema_version": "1.0.0", "audience": expression, **root})


def one(text: str, file: str = "plan_is_free.json") -> Imported:
    (found,) = import_audiences([Source(file, text)])
    return found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a JSON document"),
        ("{", "not a JSON document"),
        ("audience: yes", "not a JSON document"),
        ('{"audience": NaN}', "`NaN` is no JSON number"),
        ('{"audience": {}, "audience": {}}', "one name twice"),
        ("[" * 100_000, "nested deeper than 100 levels"),
        ("[" * 101 + "]" * 101, "nested deeper than 100 levels"),
        ('{"a": 1}', "neither an audience definition nor a list"),
        ('"audience"', "neither an audience definition nor a list"),
        ("null", "neither an audience definition nor a list"),
        ("[]", "there is no definition"),
        ('[{"id": 1, "name": "One"}]', "there is no definition"),
    ],
)
def test_what_is_no_definition_is_said_to_be_none(text: str, says: str) -> None:
    with pytest.raises(UserError) as raised:
        one(text)
    assert says in str(raised.value)
    assert raised.value.exit_status == 2


@pytest.mark.parametrize("digits", ["1" * 5000, "1e999999", "-1E-999999", "0." + "1" * 5000])
def test_huge_numbers_are_left_out_and_stop_nothing(digits: str) -> None:
    numbers = {**EXPRESSION, "right": 0}
    text = definition({"operator": "or", "expressions": [numbers, EXPRESSION]}).replace(
        ": 0}", f": {digits}}}"
    )
    found = one(text)
    assert [finding.path for finding in found.not_translated] == ["$.audience.expressions[0].right"]
    assert found.yaml is not None
    assert "exact: free" in found.yaml


def test_groups_deeper_than_yaml_can_be_are_left_out() -> None:
    nested: dict[str, Any] = EXPRESSION
    for level in range(44):
        nested = {"operator": "or" if level % 2 else "and", "expressions": [nested, EXPRESSION]}
    found = one(definition(nested))
    assert [finding.reason for finding in found.not_translated] == ["groups are nested deeper than 40 levels"]
    assert found.yaml is not None
    report = Report()
    assert read_yaml(found.yaml, "a.yml", report) is not None
    assert report.problems == []


def test_thousands_of_alternatives_are_not_written_out() -> None:
    def way(name: str) -> dict[str, Any]:
        paths = ("a", "b")
        return {
            "operator": "or",
            "expressions": [
                {
                    "operator": "equals",
                    "left": {"model": "events", "path": f"attributes.{name}{path}"},
                    "right": "x",
                }
                for path in paths
            ],
        }

    rows = {"operator": "and", "expressions": [way(f"attribute{number}") for number in range(40)]}
    found = one(definition(rows))
    assert found.yaml is None
    assert "ways for one event to match" in found.not_translated[0].reason


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lapsed buyers", "lapsed_buyers"),
        ("  Q4 -- 2026 / Win-back! ", "q4_2026_win_back"),
        ("2026 buyers", "audience_2026_buyers"),
        ("Käufer__Größe", "kaufer_groe"),
        ("x" * 100, "x" * 63),
        ("日本", "audience"),
        ("{{ 1+1 }}", "audience_1_1"),
    ],
)
def test_ids_are_made_of_names(name: str, expected: str) -> None:
    assert id_of_name(name) == expected


def test_a_list_of_audiences_gives_names_and_ids() -> None:
    listed = {
        "data": [
            {"id": 12345, "name": "Lapsed buyers", "external_name": "Win-back", "size": 5},
            {"id": 678, "name": "日本"},
            {"id": 9, "name": "In the project"},
            "no audience",
        ]
    }
    names = [
        {"operator": "in", "left": {"model": "user"}, "right": {"audience": theirs}}
        for theirs in ("12345", "9", "10")
    ]
    first, second = import_audiences(
        [
            Source("audiences.json", json.dumps(listed)),
            Source("12345.json", definition()),
            Source("678.json", definition({"operator": "and", "expressions": names})),
        ],
        known_ids={"in_the_project"},
    )
    assert (first.id, second.id) == ("lapsed_buyers", "audience_678")
    assert first.yaml is not None
    assert "name: Lapsed buyers\nexternal_name: Win-back\n" in first.yaml
    assert second.yaml is not None
    assert "audience: {in: lapsed_buyers}" in second.yaml
    assert "audience: {in: in_the_project}" in second.yaml
    assert [finding.path for finding in second.not_translated] == ["$.audience.expressions[2].right"]


def test_two_definitions_of_one_id_are_an_error() -> None:
    with pytest.raises(UserError, match=r"is that of `a\.json` too"):
        import_audiences([Source("a.json", definition(name="One")), Source("b.json", definition(name="one"))])


def test_an_id_can_be_given() -> None:
    (found,) = import_audiences([Source("a.json", definition())], named="free_plan")
    assert found.id == "free_plan"
    with pytest.raises(UserError, match="no id of an audience"):
        import_audiences([Source("a.json", definition())], named="Free plan")


@pytest.mark.parametrize(
    "version", [{"schema_version": "2.0.0"}, {"schema_version": None}, {"schema_version": 1}]
)
def test_another_version_of_the_schema_is_not_passed_over(version: dict[str, Any]) -> None:
    found = one(json.dumps({"audience": EXPRESSION, **version}))
    assert [finding.path for finding in found.not_translated] == ["$.schema_version"]
    assert found.yaml is not None
    assert "# not translated: $.schema_version" in found.yaml


@given(text=st.text(), name=st.text(min_size=1))
def test_any_text_is_written_so_that_it_is_read_as_it_is(text: str, name: str) -> None:
    left = {"model": "user", "path": f"user_attributes.{name}"}
    found = one(
        json.dumps({"schema_version": "1.0.0", "audience": {**EXPRESSION, "left": left, "right": text}})
    )
    if found.yaml is None:
        assert any("\0" in part or not part.isprintable() for part in (text, name))
        return
    report = Report()
    tree = read_yaml(found.yaml, "a.yml", report)
    assert report.problems == []
    assert isinstance(tree, Mapping)
    criteria = tree.get("criteria")
    assert isinstance(criteria, Mapping)
    user = criteria.get("user")
    assert isinstance(user, Mapping)
    read = {entry.key.text: node.text for entry in user.entries if isinstance(node := entry.value, Scalar)}
    assert read == {"attribute": name, "exact": text}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda children: (
            st.lists(children, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "operator",
                        "left",
                        "right",
                        "operand",
                        "expressions",
                        "model",
                        "path",
                        "date",
                        "relative",
                        "sequence",
                    ]
                )
                | st.text(max_size=3),
                children
                | st.sampled_from(["and", "or", "equals", "exists", "then", "in", "user", "events", "count"]),
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_breaks_the_import(value: Any) -> None:
    found = one(json.dumps({"schema_version": "1.0.0", "audience": value}))
    assert found.yaml is not None or found.not_translated


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("models: {orders: {is: order}}", "DOC-004"),
        ("models: {orders: {is: event, paths: {a: colour.x}}}", "IMP-002"),
        ("models: {orders: {is: user, paths: {a: identity.fax}}}", "IMP-002"),
        ("models: {orders: {is: user, paths: {a: consent.gdpr}}}", "IMP-002"),
        ("model: {}", "DOC-001"),
        ("missing_values: maybe", "DOC-004"),
        ("audiences: {'1': 'Not an id'}", "DOC-005"),
        ("- a", "DOC-003"),
        ("a: [", "YML-001"),
    ],
)
def test_a_wrong_map_is_an_error(text: str, code: str) -> None:
    with pytest.raises(UserError) as raised:
        read_import_map(text, "map.yml")
    assert [problem.code for problem in raised.value.problems] == [code]
