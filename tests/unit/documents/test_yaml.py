"""YAML 1.2 as Milepost reads it (spec §3)."""

from __future__ import annotations

import pytest

from transforms.documents.nodes import Mapping, Scalar, Sequence
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml


def _read(text: str) -> tuple[object, list[str]]:
    report = Report()
    node = read_yaml(text, "a.yml", report)
    return node, [problem.code for problem in report.problems]


@pytest.mark.parametrize("text", ["no", "on", "yes", "NO", "2.10", "2017-01-01", "1_000", "0o17", "~x"])
def test_a_scalar_is_the_text_that_is_written(text: str) -> None:
    node, problems = _read(f"key: {text}\n")
    assert problems == []
    assert isinstance(node, Mapping)
    value = node.get("key")
    assert isinstance(value, Scalar)
    assert (value.text, value.boolean, value.is_null) == (text, None, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x [1]\nb: *x\n", "YML-009"),
        ("&x a: 1\n", "YML-009"),
        ("a: &x {b: *x}\n", "YML-009"),
        ("a: {b: 1}\n<<: {c: 2}\n", "YML-007"),
        ("a: 1\na: 2\n", "YML-008"),
        ("a: 1\n---\nb: 2\n", "YML-003"),
        ("a: !!python/name:os.system 1\n", "YML-005"),
        ("? [a]\n: 1\n", "YML-006"),
        ("", "YML-002"),
        ("# nothing\n", "YML-002"),
        ("a: [1\n", "YML-001"),
        ("a: *nothing\n", "YML-009"),
        ("a: ! b\n", "YML-005"),
        ("a: !!str 5\n", "YML-005"),
        ("a: \x00\n", "YML-001"),
        ("[" * 3000, "YML-004"),
        ("a: " + "[" * 150 + "]" * 150, "YML-004"),
    ],
)
def test_what_is_not_allowed_is_one_problem(text: str, code: str) -> None:
    assert _read(text)[1] == [code]


def test_aliases_of_aliases_do_not_explode() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    _, problems = _read("\n".join(lines))
    assert problems == ["YML-009"] * 30


def test_a_place_has_the_line_and_the_path_of_keys() -> None:
    node, _ = _read("a:\n  - b\n  - {c: d}\n")
    assert isinstance(node, Mapping)
    inner = node.get("a")
    assert isinstance(inner, Sequence)
    second = inner.items[1]
    assert isinstance(second, Mapping)
    assert (second.place.line, second.place.path) == (3, ("a", "1"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: b\u2028c\n", "b\u2028c"),
        ('a: "b\\/c"\n', "b/c"),
        ("{a: :b}\n", ":b"),
        ("a: \U0001f600\n", "\U0001f600"),
        ("a: |\n  b\n  c\n", "b\nc\n"),
        ("a: >\n  b\n  c\n", "b c\n"),
        ("k: [:x]\na: >\n  b\n  c\n", "b c\n"),
        ("%YAML 1.2\n---\na: no\n", "no"),
    ],
)
def test_yaml_1_2_decides_what_is_valid(text: str, value: str) -> None:
    node, problems = _read(text)
    assert problems == []
    assert isinstance(node, Mapping)
    found = node.get("a")
    assert isinstance(found, Scalar)
    assert found.text == value


def test_problems_are_said_once_where_the_second_reader_is_asked() -> None:
    assert _read("a: 1\na: 2\nb: [\u2028]\n")[1] == ["YML-008"]
    assert _read("a: 1\na: 2\nb: [:x]\n")[1] == ["YML-008"]
