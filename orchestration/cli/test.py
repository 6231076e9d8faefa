"""`milepost test`: what an A/B test has come to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option, print_json
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.cli.read_outs import Read, answer_of, text_of
from transforms.audiences import stored
from transforms.audiences.assigned import assigned
from transforms.audiences.generations import open_store
from transforms.audiences.outcomes import Outcomes
from transforms.audiences.read_out import read_out
from transforms.audiences.workbench import Workbench
from transforms.definitions.load import load_definitions
from transforms.definitions.outcomes import Outcome, read_outcome
from transforms.errors import Problem, UserError
from transforms.seen_names import read_seen_names

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.assigned import Assigned
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Audience, Definitions

_INLINE = "--outcome"


@click.command()
@click.argument("audience")
@click.option(
    "--outcome",
    metavar="FILE_OR_YAML",
    help="What to compare: a criterion that looks at events, such as `ecommerce: {action: purchase}`.",
)
@click.option("--as-of", callback=instant_option, help="Another stored instant than the newest.")
@as_json
@with_settings
def test(
    settings: Settings, audience: str, outcome: str | None, as_of: datetime | None, as_json: bool
) -> None:
    """Print the variants of AUDIENCE's A/B test, whether the split came out as written, and an outcome compared.

    A user is assigned at the first stored as_of at which they were a member under this test, and stays in the
    comparison whether they leave or not. The outcome is evaluated at the as_of over the user's events from the
    assignment on, in every input of the audience's workspaces and without a lookback; a window of its own counts back
    from the as_of as ever. Rates have Wilson's interval, differences to Control Newcombe's, both of 95 %; p is that of
    Pearson's chi-squared test without correction.
    """
    generation, read_at = stored.stored_as_of(open_store(settings.published).current(), as_of)
    definitions = load_definitions(settings.project)
    found_as = stored.stored_id(definitions, generation, read_at, audience)
    asked = None if outcome is None else _outcome(settings, definitions, audience, outcome)
    spill = settings.data / ".spill"
    with progress("test"):
        everybody = assigned(generation, read_at, found_as, spill)
        members = stored.variant_sizes(generation, read_at, found_as, spill)
        found = (
            None
            if asked is None
            else _successes(settings, definitions, generation, read_at, asked, everybody)
        )
    read = Read(audience, read_at, everybody, read_out(everybody, members, found), asked)
    if as_json:
        print_json(answer_of(read))
    else:
        click.echo("".join(f"{line}\n" for line in text_of(read)), nl=False)


def _outcome(settings: Settings, definitions: Definitions, audience_id: str, written: str) -> Outcome:
    """What a file, or else the text itself, writes; warnings go to stderr."""
    audience = _defined(definitions, audience_id)
    text, file = written, _INLINE
    path = Path(written)
    if "\n" not in written and len(written) < _LONGEST_PATH and path.is_file():
        text, file = _text_of(path), path.name
    elif path.suffix in (".yml", ".yaml") and " " not in written:
        raise UserError(
            Problem("CLI-006", f"there is no file `{written}`", hint="or write the criterion itself")
        )
    found = read_outcome(text, file, audience, definitions.project, read_seen_names(settings.data))
    for warning in found.warnings:
        click.echo(str(warning), err=True)
    return found


#: A longer text is never the name of a file, and asking for one fails.
_LONGEST_PATH = 255


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(Problem("CLI-007", f"`{path.name}` is not UTF-8")) from None


def _defined(definitions: Definitions, audience_id: str) -> Audience:
    """The audience, under the id that it has now or had before."""
    for audience in definitions.audiences:
        if audience.formerly == audience_id:
            return audience
    return stored.find_audience(definitions, audience_id)


def _successes(
    settings: Settings,
    definitions: Definitions,
    generation: Generation,
    as_of: datetime,
    outcome: Outcome,
    everybody: Assigned,
) -> dict[str, int]:
    models = generation.models(as_of)
    with Workbench(
        definitions, models, as_of, settings.lake, settings.data / ".spill", by_hand={}, stored={}
    ) as workbench:
        return Outcomes(workbench, everybody).successes(outcome.criterion, outcome.scope)
