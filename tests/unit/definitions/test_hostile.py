"""Definition files by a hostile author end in a clear error or in models, and nothing is written anywhere else."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.hostile_texts import HOSTILE_TEXTS
from tests.support.project_folder import MILEPOST, audience, write_project
from transforms.compiler.emit import compile_project, write_models
from transforms.definitions.load import check_definitions
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.load import Checked

#: Far more than any of these takes; a bomb takes minutes, or all memory.
_SECONDS = 60


def _quoted(text: str) -> str:
    escaped = "".join(
        character if 32 <= ord(character) < 127 and character not in '"\\' else f"\\U{ord(character):08x}"
        for character in text
    )
    return f'"{escaped}"'


def _nested(levels: int, *keys: str) -> str:
    inner = "{user: {attribute: plan, exact: pro}}"
    for level in range(levels):
        inner = f"{{{keys[level % len(keys)]}: [{inner}]}}"
    return inner


def _outside(folder: Path) -> dict[str, int]:
    """Every file beside the project folder, with its size."""
    return {
        str(path): path.lstat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "project" not in path.relative_to(folder).parts
    }


def _checked(folder: Path, files: dict[str, str | bytes]) -> Checked:
    """The outcome of a project; it is compiled where it is valid, and nothing is written beside it."""
    project = write_project(
        folder / "project", {path: text for path, text in files.items() if isinstance(text, str)}, MILEPOST
    )
    for path, content in files.items():
        if isinstance(content, bytes):
            (project / path).parent.mkdir(exist_ok=True)
            (project / path).write_bytes(content)
    (folder / "beside").mkdir(exist_ok=True)
    (folder / "beside" / "kept.txt").write_text("kept")
    before, started = _outside(folder), time.monotonic()
    checked = check_definitions(project)
    if checked.definitions is not None:
        write_models(project, compile_project(project, checked.definitions))
    assert _outside(folder) == before
    assert time.monotonic() - started < _SECONDS
    return checked


def _codes(checked: Checked) -> set[str]:
    return {problem.code for problem in checked.problems if problem.severity == "error"}


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_text_is_never_sql_nor_jinja(text: str, tmp_path: Path) -> None:
    quoted = _quoted(text)
    criteria = (
        f"{{all: [{{event: {{name: {quoted}, where: {{{quoted}: {{not_exact: {quoted}}}}}}}}}, "
        f"{{user: {{attribute: {quoted}, in: [{quoted}, b]}}}}, "
        f"{{identity: {{type: email, contains: {quoted}}}}}, "
        f"{{consent: {{regulation: {quoted}, purpose: {quoted}, state: granted}}}}, "
        f"{{ecommerce: {{action: purchase, product: {{{quoted}: {{ends_with: {quoted}}}}}, platform: {quoted}}}}}]}}"
    )
    checked = _checked(tmp_path, {"audiences/a.yml": audience("a", criteria=criteria)})
    assert checked.definitions is not None, checked.problems
    models = sorted((tmp_path / "project/models").rglob("*.sql"))
    assert [model.name[:8] for model in models] == ["mst_a.sq", "days_of_", "days_of_"]
    text_of_models = "".join(model.read_text(encoding="utf-8") for model in models)
    # What dbt would run is our own: references, the instant, and texts that Jinja gives back as they are.
    for found in re.findall(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#(.*?)#\}", text_of_models, re.DOTALL):
        assert re.fullmatch(
            r" (config\(materialized='(members|event_days)'\)|ref\('[a-z0-9_]+'\)|as_of\(\)|\"(\{\{|\{%|\{#|\\r|\\n)\") ",
            "".join(found),
        ), found


@pytest.mark.parametrize("text", [text for text in HOSTILE_TEXTS if text.strip() and text.isprintable()])
def test_names_are_text_alone(text: str, tmp_path: Path) -> None:
    keys = {
        "name": _quoted(text),
        "external_name": _quoted(text),
        "owner": _quoted(text),
        "tags": f"[{_quoted(text[:18])}]",
    }
    checked = _checked(tmp_path, {"audiences/a.yml": audience("a", **keys)})
    assert checked.definitions is not None, checked.problems
    properties = tmp_path / "project/models/milestones/generated/audiences/_audiences__generated.yml"
    assert not re.search(r"\{\{|\{%|\{#", properties.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "written",
    [
        "../x",
        "a/b",
        "a.b",
        "a__b",
        "A",
        "é",
        "ａ",
        "a b",
        "a;b",
        "{{a}}",
        "a\\nb",
        "",
        "a" * 64,
        "1a",
        "con\\0",
    ],
)
@pytest.mark.parametrize("where", ["audience", "journey", "milestone", "output", "connection"])
def test_an_id_is_letters_digits_and_single_underscores(written: str, where: str, tmp_path: Path) -> None:
    named = dict.fromkeys(("audience", "journey", "milestone", "output", "connection"), "x") | {
        where: f'"{written}"'
    }
    checked = _checked(
        tmp_path,
        {
            "audiences/a.yml": f"audience: {named['audience']}\ncriteria: {{event: {{name: P}}}}\n",
            "journeys/j.yml": f"journey: {named['journey']}\n"
            f"milestones: [{{milestone: {named['milestone']}, criteria: {{event: {{name: P}}}}}}]\n",
            "connections/c.yml": f"outputs: {{{named['output']}: {{partner: meta_csv}}}}\n"
            f"connections: [{{connection: {named['connection']}, audience: x, output: x, status: active}}]\n",
        },
    )
    assert checked.definitions is None
    assert _codes(checked) & {"DOC-005", "DOC-003", "YML-001"}


@pytest.mark.parametrize("levels", [10, 30, 48])
@pytest.mark.parametrize(
    "keys", [("all",), ("any",), ("none",), ("exclude",), ("all", "any", "none", "exclude")]
)
def test_what_is_nested_is_compiled(levels: int, keys: tuple[str, ...], tmp_path: Path) -> None:
    checked = _checked(tmp_path, {"audiences/a.yml": audience("a", criteria=_nested(levels, *keys))})
    assert checked.definitions is not None, checked.problems


@pytest.mark.parametrize("levels", [50, 200, 5_000, 100_000])
def test_what_is_nested_too_deep_names_the_limit(levels: int, tmp_path: Path) -> None:
    checked = _checked(tmp_path, {"audiences/a.yml": audience("a", criteria=_nested(levels, "all", "none"))})
    assert [problem.code for problem in checked.problems] == ["YML-004"]
    assert "100 levels" in str(checked.problems[0])
    assert len(str(checked.problems[0])) < 400


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        "- " * 50_000 + "a",
        "{a: " * 50_000,
        "".join(" " * level + "a:\n" for level in range(1_500)),
        "[" * 50_000 + "]" * 50_000,
    ],
    ids=["lists", "dashes", "mappings", "indents", "closed"],
)
def test_deep_files_are_refused(content: str, tmp_path: Path) -> None:
    assert _codes(_checked(tmp_path, {"audiences/a.yml": content})) <= {"YML-001", "YML-004"}


def test_ten_thousand_values_are_one_criterion(tmp_path: Path) -> None:
    values = ", ".join(f"value_{number}" for number in range(10_000))
    criteria = f"{{user: {{attribute: plan, in: [{values}]}}}}"
    assert not _checked(tmp_path, {"audiences/a.yml": audience("a", criteria=criteria)}).problems


@pytest.mark.parametrize("key", ["all", "any", "none", "exclude"])
def test_ten_thousand_criteria_are_refused_with_the_limit(key: str, tmp_path: Path) -> None:
    items = ", ".join(f"{{user: {{attribute: plan, exact: v{number}}}}}" for number in range(10_000))
    checked = _checked(tmp_path, {"audiences/a.yml": audience("a", criteria=f"{{{key}: [{items}]}}")})
    assert _codes(checked) == {"DEF-095"}
    assert "at most 200" in " ".join(problem.message for problem in checked.problems)


def test_ten_thousand_tags_inputs_and_variants_are_read(tmp_path: Path) -> None:
    names = ", ".join(f"n{number}" for number in range(10_000))
    shares = ", ".join(f"v{number}: 1" for number in range(10_000))
    tagged = audience(
        "a", tags=f"[{names}]", inputs=f"[{names}]", ab_test=f"{{name: t, variants: {{{shares}}}}}"
    )
    assert {"DEF-021", "DEF-022", "DEF-051"} <= _codes(_checked(tmp_path, {"audiences/a.yml": tagged}))


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", {"YML-009"}),
        ("audience: a\ncriteria: &c {all: [*c]}\n", {"YML-009"}),
        ("audience: a\n<<: {name: b}\ncriteria: {event: {name: P}}\n", {"YML-007"}),
        ("audience: a\naudience: b\n", {"YML-008"}),
        ("audience: !!python/object/apply:os.system [touch pwned]\n", {"YML-005"}),
        ("audience: !!binary aGk=\n", {"YML-005"}),
        ("%TAG ! tag:x,2000:\n---\naudience: !y a\n", {"YML-005"}),
        ("audience: a\n---\naudience: b\n", {"YML-003"}),
        ("? [a, b]\n: c\n", {"YML-006"}),
        ("", {"YML-002"}),
        ("# nothing\n", {"YML-002"}),
        ("just text", {"DOC-003"}),
        ("- a\n- b\n", {"DOC-003"}),
        ("audience: a\n\tcriteria: {}\n", {"YML-001"}),
        ("audience: 'a\n", {"YML-001"}),
    ],
)
def test_what_yaml_can_do_beside_values_is_refused(content: str, codes: set[str], tmp_path: Path) -> None:
    checked = _checked(tmp_path, {"audiences/a.yml": content})
    assert codes <= _codes(checked)
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bytes(range(256)) * 100, "DEF-004"),
        (b"\x1f\x8b\x08" + bytes(100), "DEF-004"),
        ("audience: a\n".encode("utf-16"), "DEF-004"),
        (b"audience: a\0b\n", "YML-001"),
        (b"audience: a\x07b\n", "YML-001"),
        (b"\xed\xa0\x80: a\n", "DEF-004"),
        (b"a: [" + b"x," * 25_000_000 + b"x]", "DEF-007"),
        (b"a: [" + b"x," * 900_000 + b"}", "YML-001"),
    ],
    ids=["binary", "gzip", "utf16", "nul", "bell", "surrogate", "50 MB", "2 MB, not closed"],
)
def test_a_file_that_is_no_text_or_too_much_of_it_is_refused(
    content: bytes, code: str, tmp_path: Path
) -> None:
    assert _codes(_checked(tmp_path, {"audiences/a.yml": content})) == {code}


@pytest.mark.parametrize(
    "criteria",
    [
        '{event: {name: "a\\0b"}}',
        '{event: {name: "\\ud800"}}',
        '{event: {name: P, where: {"a\\0": b}}}',
        '{user: {attribute: "\\udfff", exact: b}}',
        '{user: {attribute: a, in: [b, "\\0"]}}',
        "{user: {attribute: a, gt: " + "9" * 5_000 + "}}",
        "{user: {attribute: a, gt: 1e999}}",
        "{user: {attribute: a, gt: 1e" + "9" * 5_000 + "}}",
        "{user: {attribute: a, version: {gt: " + "1." * 5_000 + "}}}",
        "{event: {name: P, count: {gte: -1}}}",
        "{event: {name: P, within: " + "9" * 400 + " days}}",
        "{first_seen: {before: 99999-01-01}}",
        "{first_seen: {before: 2018-02-30}}",
        "{all: " + "[" * 40 + "]" * 40 + "}",
    ],
)
def test_operands_that_no_engine_holds_are_refused(criteria: str, tmp_path: Path) -> None:
    codes = _codes(_checked(tmp_path, {"audiences/a.yml": audience("a", criteria=criteria)}))
    assert codes
    assert all(code.startswith(("CRT-", "YML-")) for code in codes)


@pytest.mark.parametrize("levels", [1_000, 5_000])
def test_long_versions_are_compared(levels: int, tmp_path: Path) -> None:
    version = ".".join(["1"] * levels)
    criteria = f'{{user: {{attribute: app, version: {{gt: "{version}", lt: "{version}.1"}}}}}}'
    assert not _codes(_checked(tmp_path, {"audiences/a.yml": audience("a", criteria=criteria)}))


@pytest.mark.parametrize("kind", ["file", "folder", "project file", "loop", "device"])
def test_links_that_leave_the_project_are_not_read(kind: str, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.yml").write_text("audience: secret-of-the-machine\n")
    target = project / "audiences/a.yml"
    match kind:
        case "folder":
            (project / "audiences").symlink_to(secret)
        case "project file":
            (project / "milepost.yml").unlink()
            (project / "milepost.yml").symlink_to(secret / "a.yml")
        case _:
            target.parent.mkdir()
            target.symlink_to({"file": secret / "a.yml", "loop": target, "device": "/dev/zero"}[kind])
    checked = check_definitions(project)
    assert _codes(checked) == ({"DEF-003"} if kind == "loop" else {"DEF-008"})
    assert "secret-of" not in " ".join(map(str, checked.problems))


@pytest.mark.parametrize("kind", ["file", "folder", "loop"])
def test_lists_that_lie_out_of_the_project_are_not_read(kind: str, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", {"audiences/a.yml": audience("a", criteria="{list: vip}")})
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "vip.csv").write_text("email\nsecret@example.com\n")
    if kind == "folder":
        (project / "lists").symlink_to(secret)
    else:
        (project / "lists").mkdir()
        (project / "lists/vip.csv").symlink_to(
            secret / "vip.csv" if kind == "file" else project / "lists/vip.csv"
        )
    checked = check_definitions(project)
    assert _codes(checked) == ({"DEF-003"} if kind == "loop" else {"DEF-008"})
    assert checked.definitions is None


@pytest.mark.parametrize("file", ["audiences/a.yml", "lists/a.csv"])
def test_a_pipe_is_not_waited_for(file: str, tmp_path: Path) -> None:
    project = write_project(tmp_path, {"audiences/b.yml": audience("b")})
    (project / file).parent.mkdir(exist_ok=True)
    os.mkfifo(project / file)
    assert _codes(check_definitions(project)) == {"DEF-003"}


@pytest.mark.parametrize(
    "link", ["models", "models/milestones/generated", "models/milestones/generated/audiences"]
)
def test_models_are_not_written_through_a_link_out_of_the_project(link: str, tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", {"audiences/a.yml": audience("a")})
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / link).parent.mkdir(parents=True, exist_ok=True)
    (project / link).symlink_to(outside)
    checked = check_definitions(project)
    assert checked.definitions is not None
    with pytest.raises(UserError, match="CMP-005"):
        write_models(project, compile_project(project, checked.definitions))
    assert not list(outside.iterdir())
