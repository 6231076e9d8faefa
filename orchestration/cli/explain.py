"""`milepost explain`: why a user is in an audience or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import instant_option, print_json
from orchestration.cli.explanations import answer_of, text_of
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.users import (
    NEGATIVE_NUMBERS,
    check_named,
    named_user,
    one_user,
    reveal_values,
    shown_values,
)
from transforms.audiences.explanation import Explanation, explain_orphan
from transforms.audiences.explanation import explain as explain_audience
from transforms.audiences.generations import open_store
from transforms.audiences.stored import find_audience, stored_as_of
from transforms.audiences.verdicts import Verdicts
from transforms.audiences.workbench import Workbench, stored_members
from transforms.compiler.emit import ejected_audiences
from transforms.definitions.load import load_definitions
from transforms.errors import failure
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Definitions


@click.command(context_settings=NEGATIVE_NUMBERS)
@click.argument("audience")
@one_user
@click.option("--as-of", callback=instant_option, help="Another stored instant than the newest.")
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="At most so many rows behind a criterion, the newest.",
)
@reveal_values
@as_json
@with_settings
def explain(
    settings: Settings,
    audience: str,
    mpid: int | None,
    identity: str | None,
    as_of: datetime | None,
    rows: int,
    reveal: bool,
    as_json: bool,
) -> None:
    """Print why the user MPID is in AUDIENCE or not: each criterion, whether it is true, and what is behind it.

    Identities and user attributes are masked.
    """
    check_named(mpid, identity)
    generation, read_at = stored_as_of(open_store(settings.published).current(), as_of)
    definitions = load_definitions(settings.project)
    user = named_user(generation, mpid, identity, settings.data / ".spill")
    found = _explanation(settings, definitions, generation, read_at, audience, user, rows)
    if as_json:
        print_json(answer_of(found, shown_values(reveal)))
    else:
        click.echo("".join(f"{line}\n" for line in text_of(found, shown_values(reveal))), nl=False)


def _explanation(
    settings: Settings,
    definitions: Definitions,
    generation: Generation,
    as_of: datetime,
    audience_id: str,
    mpid: int,
    rows: int,
) -> Explanation:
    is_defined = audience_id in {audience.id for audience in definitions.audiences}
    if not is_defined and audience_id not in generation.calculated(as_of):
        find_audience(definitions, audience_id)
    spill = settings.data / ".spill"
    by_hand = stored_members(definitions, generation, as_of, ejected_audiences(settings.project))
    with Workbench(
        definitions,
        generation.models(as_of),
        as_of,
        settings.lake,
        spill,
        by_hand=by_hand,
        stored=generation.stored,
        mpid=mpid,
    ) as workbench:
        verdicts = Verdicts(generation, as_of, mpid, spill, workbench)
        if not is_defined:
            return explain_orphan(verdicts, audience_id)
        found = explain_audience(
            workbench, definitions, verdicts, definitions.audience(audience_id), shown=rows
        )
    if found.outside is not None and found.outside.is_unknown and not found.verdict.is_member:
        raise failure("unknown-user", f"nothing is known of this user at {iso(as_of)}")
    return found
