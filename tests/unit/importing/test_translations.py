"""Definitions of the public schema beside what becomes of them: tests/golden/imports, one file of each for a topic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import MILEPOST, audience, write_project
from transforms.definitions.load import check_definitions
from transforms.importing.audience import Imported, Source, import_audiences
from transforms.importing.mapping import ImportMap, read_import_map
from transforms.importing.operators import AUDIENCE_OPERATORS, FUNCTIONS, OPERATORS, UNARY_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER = Path(__file__).parents[2] / "golden" / "imports"
CASES = sorted(path.stem for path in _FOLDER.glob("*.json"))


def imported(name: str) -> Imported:
    mapping = _FOLDER / f"{name}.map.yml"
    used = (
        read_import_map(mapping.read_text(encoding="utf-8"), mapping.name)
        if mapping.exists()
        else ImportMap()
    )
    text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    (found,) = import_audiences([Source(f"{name}.json", text)], used)
    return found


def written(found: Imported) -> str:
    """The YAML, then what is said beside it."""
    beside = [
        *(f"not translated: {finding.path}: {finding.reason}\n" for finding in found.not_translated),
        *(f"note: {finding.path}: {finding.reason}\n" for finding in found.notes),
    ]
    return (found.yaml or "(nothing is written)\n") + "---\n" + "".join(beside)


@pytest.mark.parametrize("name", CASES)
def test_a_definition_becomes_this_yaml(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"imports/{name}.txt", written(imported(name)))


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_is_valid(name: str, tmp_path: Path) -> None:
    found = imported(name)
    if found.yaml is None:
        return
    files = {
        f"audiences/{found.id}.yml": found.yaml,
        "audiences/lapsed_buyers.yml": audience("lapsed_buyers"),
        "attributes/ltv.yml": "attribute: ltv\nfunction: sum\nof: {ecommerce: {action: purchase}}\nvalue: total_amount\n",
    }
    for path, text in files.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    write_project(tmp_path, {}, MILEPOST)
    problems = check_definitions(tmp_path).problems
    wrong = [str(problem) for problem in problems if problem.severity == "error"]
    assert wrong == []


@pytest.mark.parametrize("name", CASES)
def test_what_is_left_out_is_a_comment_in_its_place_and_makes_a_draft(name: str) -> None:
    found = imported(name)
    if found.yaml is None:
        assert found.not_translated
        return
    assert ("status: draft" in found.yaml) is bool(found.not_translated)
    lines = [line.strip() for line in found.yaml.splitlines()]
    comments = " ".join(line.removeprefix("# ") for line in lines if line.startswith("# "))
    for finding in found.not_translated:
        assert f"not translated: {finding.path}: {finding.reason}" in comments


def test_every_operator_of_the_schema_is_translated_or_explained() -> None:
    text = "".join((_FOLDER / f"{name}.json").read_text(encoding="utf-8") for name in CASES)
    for operator in (*OPERATORS, *UNARY_OPERATORS, *AUDIENCE_OPERATORS, *FUNCTIONS):
        assert f'"operator": "{operator}"' in text, operator
