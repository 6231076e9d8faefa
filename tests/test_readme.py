"""Every command that the README, or a page of the docs, shows exists and takes the options that it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from orchestration.cli.main import COMMANDS, cli

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
ESTIMATES = (REPOSITORY / "dbt_project" / "docs" / "estimates.md").read_text(encoding="utf-8")
_LINE = re.compile(r"^    (?:cd .*|(?:\.venv/bin/)?milepost .*|make .*)$", re.MULTILINE)


def shown() -> list[list[str]]:
    """The words of every command in the code of the README and of the page on estimates."""
    lines = [line.split("#")[0] for line in _LINE.findall(README + ESTIMATES)]
    commands = [part.strip() for line in lines for part in line.split("&&")]
    return [shlex.split(command) for command in commands if not command.startswith("cd ")]


def test_the_readme_shows_commands() -> None:
    assert len(shown()) >= 15


@pytest.mark.parametrize("words", [words for words in shown() if words[0] == "make"], ids=" ".join)
def test_make_targets_of_the_readme_exist(words: list[str]) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for target in words[1:]:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize(
    "words",
    [words for words in shown() if words[0].endswith("milepost")],
    ids=lambda words: " ".join(words[1:]),
)
def test_milepost_commands_of_the_readme_are_understood(words: list[str]) -> None:
    name, *arguments = words[1:]
    command = cli.get_command(None, name)  # pyright: ignore[reportArgumentType]
    assert command is not None, name
    context = command.make_context(name, list(arguments), resilient_parsing=False)
    context.close()


def test_the_table_lists_every_command_and_no_other() -> None:
    listed = set(re.findall(r"^\| `([a-z-]+)", README, re.MULTILINE)) | {"show"}
    assert listed == set(COMMANDS)


def test_files_that_the_readme_names_are_there() -> None:
    for path in re.findall(r"`((?:transforms|exports|orchestration|dbt_project|tests)/[\w/.]+)`", README):
        assert (REPOSITORY / path).exists(), path
    for path in re.findall(r"\]\(([\w/.]+)\)", README):
        assert (REPOSITORY / path).exists(), path
