"""The command `milepost`: finds the command's module and turns errors into messages and exit statuses."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any

import click

from transforms.errors import FAILED, InternalError, UserError

#: Command → module of orchestration.cli that holds it. Modules are imported when their command is called:
#: dagster takes 3 to 4 seconds to import, and commands that only read answer in well under one.
COMMANDS: dict[str, str] = {
    "backfill": "run",
    "clone": "clone",
    "compile": "compile",
    "data": "data",
    "delete": "delete",
    "demo": "demo",
    "dev": "dev",
    "download": "download",
    "eject": "eject",
    "estimate": "estimate",
    "explain": "explain",
    "export": "export",
    "freeze": "freeze",
    "history": "history",
    "import-audience": "import_audience",
    "ingest": "ingest",
    "init": "init",
    "list": "list",
    "members": "members",
    "new": "new",
    "overlap": "overlap",
    "plan": "plan",
    "profile": "profile",
    "report": "report",
    "resume": "export",
    "resync": "export",
    "run": "run",
    "show": "show",
    "simulate": "simulate",
    "test": "test",
    "validate": "validate",
    "watch": "watch",
}


#: Batches, models and imports make many objects and hardly a cycle: to look for one every 700, which is the default,
#: takes 13 % of an ingest.
_OBJECTS_BEFORE_A_COLLECTION = 50_000


class LazyCommands(click.Group):
    """Imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"orchestration.cli.{COMMANDS[cmd_name]}")
        return getattr(module, cmd_name.replace("-", "_"))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project-dir", help="The project folder: milepost.yml and the definitions.")
@click.option("--data-dir", help="Where data, warehouse and exports live. Also MILEPOST_DATA_DIR.")
@click.pass_context
def cli(context: click.Context, project_dir: str | None, data_dir: str | None) -> None:
    """Audiences and journeys as code, on your own warehouse."""
    context.obj = {"project_dir": project_dir, "data_dir": data_dir}


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit with the statuses of spec §13."""
    gc.set_threshold(_OBJECTS_BEFORE_A_COLLECTION)
    try:
        status = cli.main(args=arguments, prog_name="milepost", standalone_mode=False)
    except UserError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(error.exit_status)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(FAILED)
    except InternalError as error:
        click.echo(f"This is a bug in Milepost, please report it: {error}", err=True)
        sys.exit(FAILED)
    sys.exit(status if isinstance(status, int) else 0)
