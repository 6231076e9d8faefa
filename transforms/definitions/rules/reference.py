"""The page of what validation finds over a whole project, from the records of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from transforms.definitions.rules.rule import Rule

#: Where the page lies, below the project folder.
PLACE = "docs/problems.md"
#: Characters of a file that is shown.
_LONGEST = 600

_HEAD = """\
# Problems

Written by Milepost from the rules that `milepost validate` checks; `pytest --update-golden` writes it anew.

Each rule has what is wrong, why that matters, what to do, and a small project that breaks it, before and after it is
put right. An error stops `compile` and `run`; a warning does not. Problems of a single file (a key that is unknown, a
value that can't be read) name what is allowed and are not listed here.
"""


def rules_reference() -> str:
    """The page as Markdown, by code."""
    sections = ("\n".join(_section(rule)) for rule in sorted(RULES, key=lambda rule: rule.code))
    return "\n".join((_HEAD, *sections))


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.code} ({rule.severity})\n"
    yield f"{rule.message} {rule.why}\n"
    yield f"What to do: {rule.fix}.\n"
    yield from _files(rule.example, {})
    yield "Put right:\n"
    yield from _files(rule.fixed, rule.example)


def _files(files: Mapping[str, str], before: Mapping[str, str]) -> Iterator[str]:
    """Each file that was not the same before."""
    for path, text in files.items():
        if before.get(path) != text:
            language = path.rpartition(".")[2].replace("yml", "yaml")
            shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…\n"
            yield f"`{path}`\n\n```{language}\n{shown}```\n"
    for path in before:
        if path not in files:
            yield f"without `{path}`\n"
