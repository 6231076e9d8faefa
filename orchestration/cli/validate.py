"""`milepost validate`: every problem of the definitions with its file and line, all at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from exports.delivered_tests import edited_tests
from exports.ledger.ledger import Ledger
from exports.partners.checks import check_outputs
from orchestration.cli.options import as_json, with_settings
from transforms.audiences.generations import open_store
from transforms.definitions.load import Checked, check_definitions
from transforms.errors import WRONG_USE
from transforms.seen_names import read_seen_names

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions
    from transforms.errors import Problem


@click.command()
@as_json
@with_settings
def validate(settings: Settings, as_json: bool) -> None:
    """Check every definition and print all problems; names that were never ingested are warned of.

    Exits 0 where no error is found (warnings do not count) and 2 otherwise.
    """
    checked = check_definitions(settings.project, seen=read_seen_names(settings.data))
    if checked.definitions is not None:
        checked = _with_delivered(settings, checked.definitions, checked)
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = len(checked.problems) - errors
    if as_json:
        answer = {
            "valid": checked.definitions is not None,
            "errors": errors,
            "warnings": warnings,
            "problems": [_as_json(problem) for problem in checked.problems],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        for problem in checked.problems:
            click.echo(str(problem))
        click.echo(
            _summary(errors, warnings, checked.definitions is not None and _found(checked.definitions))
        )
    if checked.definitions is None:
        raise click.exceptions.Exit(WRONG_USE)


def _with_delivered(settings: Settings, definitions: Definitions, checked: Checked) -> Checked:
    """What was found, with what no partner takes, and the A/B tests that were delivered otherwise."""
    generation = open_store(settings.published).current()
    edited = edited_tests(definitions, generation, Ledger(settings.connection_ledger))
    problems = (*check_outputs(definitions), *edited)
    return Checked(None, (*checked.problems, *problems)) if problems else checked


def _as_json(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "path": list(place.path) if place else [],
        "allowed": list(problem.allowed),
        "hint": problem.hint,
    }


def _found(definitions: Any) -> str:
    return ", ".join(
        (
            _counted(sum(audience.journey is None for audience in definitions.audiences), "audience"),
            f"{_counted(len(definitions.journeys), 'journey')} with "
            f"{_counted(sum(audience.journey is not None for audience in definitions.audiences), 'milestone')}",
            _counted(len(definitions.connections), "connection"),
            *(
                [_counted(len(definitions.attributes), "calculated attribute")]
                if definitions.attributes
                else []
            ),
        )
    )


def _summary(errors: int, warnings: int, found: str | bool) -> str:
    counted = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"
    return f"{found}: {counted}" if found else counted


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
