"""What every rule teaches holds: its example breaks it and nothing else, and put right it breaks nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import transforms
from tests.support.project_folder import write_project
from transforms.definitions.load import check_definitions
from transforms.definitions.rules import RULES
from transforms.definitions.rules.rule import EXAMPLE_PROJECT, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transforms.errors import Problem

_TRANSFORMS = Path(transforms.__file__ or "").parent
_FOLDER = Path(RULES[0].check.__code__.co_filename).parent
#: Modules of the folder that are no rule: the record, what rules look at, what two of them share, and the page.
_NO_RULE = {"__init__", "rule", "whole", "narrowings", "seen_values", "reference"}


def _problems(rule: Rule, files: Mapping[str, str], folder: Path) -> tuple[Problem, ...]:
    return check_definitions(write_project(folder, dict(files), EXAMPLE_PROJECT), seen=rule.seen).problems


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_example_breaks_its_rule_and_no_other(rule: Rule, tmp_path: Path) -> None:
    problems = _problems(rule, rule.example, tmp_path)
    assert {(problem.code, problem.severity) for problem in problems} == {(rule.code, rule.severity)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_an_example_that_is_put_right_has_no_problem(rule: Rule, tmp_path: Path) -> None:
    assert not _problems(rule, rule.fixed, tmp_path)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_what_is_wrong_why_and_what_to_do(rule: Rule) -> None:
    assert rule.message.endswith(".")
    assert "\n" not in rule.message
    assert len(rule.why.split()) >= 8
    assert rule.fix
    assert rule.fix.lstrip("`")[0].islower()


def test_a_rule_is_one_file_with_one_code() -> None:
    files = {path.stem for path in _FOLDER.glob("*.py")} - _NO_RULE
    modules = [rule.check.__module__.rpartition(".")[2] for rule in RULES]
    assert sorted(modules) == sorted(files)
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)


#: Codes that once had a meaning and have none now: no other may get them.
_RETIRED = {"DEF-105", "DEF-106", "DEF-107"}
#: Codes of what every part of a file can have wrong.
_OF_ALL = {f"CRT-{number:03}" for number in (*range(1, 7), 11, 59)} | {
    "DEF-003",
    "DOC-003",
    "DOC-004",
    "DOC-007",
}


def test_a_code_has_one_meaning() -> None:
    """A code stands in one module, or is one of those that say the same of many things."""
    modules: dict[str, set[str]] = defaultdict(set)
    for path in _TRANSFORMS.rglob("*.py"):
        for code in re.findall(r'"((?:CRT|DEF|DOC|CMP|YML)-[0-9]{3})"', path.read_text("utf-8")):
            modules[code].add(path.name)
    assert not _RETIRED & set(modules)
    assert {code for code, names in modules.items() if len(names) > 1} - _OF_ALL == set()
