"""`milepost watch`: what deserves a look, and telling the team of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestration.cli.answers import print_json, say
from orchestration.cli.options import as_json, with_settings
from orchestration.watching import findings
from transforms.definitions.load import load_definitions
from transforms.errors import SOMETHING_TO_DO
from transforms.instants import iso

if TYPE_CHECKING:
    from orchestration.settings import Settings


@click.command()
@click.option(
    "--notify",
    "tells",
    is_flag=True,
    help="Tell the webhooks and mailboxes of `notify:` what they were not told yet.",
)
@as_json
@with_settings
def watch(settings: Settings, tells: bool, as_json: bool) -> int:
    """Say what deserves a look: stale audiences, jumps of size and volatility, emptied audiences, uneven variants.

    Exit status 3 where there is something. `watch:` in the definitions says how much is too much.
    """
    definitions = load_definitions(settings.project)
    found = findings(settings, definitions)
    if as_json:
        print_json(
            [
                {
                    "subject": finding.subject,
                    "audience": finding.audience_id,
                    "as_of": iso(finding.as_of),
                    "text": finding.text,
                }
                for finding in found
            ]
        )
    else:
        for finding in found:
            click.echo(f"{finding.subject}: {finding.audience_id} {finding.text}")
        if not found:
            say("nothing deserves a look")
    if tells:
        from orchestration.telling import tell_of_findings

        for told in tell_of_findings(settings, definitions, found):
            say(told.text)
    return SOMETHING_TO_DO if found else 0
