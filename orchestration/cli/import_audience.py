"""`milepost import-audience`: mParticle's audience JSON to YAML, and what could not be translated."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import print_json
from orchestration.cli.options import as_json, with_settings
from transforms.definitions.files import read_folder
from transforms.documents.nodes import Mapping, Scalar
from transforms.documents.report import Report
from transforms.durable import replace_bytes
from transforms.errors import FAILED, Place, Problem, UserError
from transforms.importing.audience import Imported, Source, import_audiences
from transforms.importing.mapping import ImportMap, read_import_map

if TYPE_CHECKING:
    from orchestration.settings import Settings

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
@click.option(
    "--map", "map_file", type=_FILE, help="YAML that says what models, paths and audience ids mean."
)
@click.option("--as", "named", metavar="ID", help="The id of the audience, where one definition is given.")
@click.option("--print", "is_print", is_flag=True, help="Print the YAML instead of writing it.")
@click.option("--force", "is_forced", is_flag=True, help="Write over an audience that is there.")
@as_json
@with_settings
def import_audience(
    settings: Settings,
    files: tuple[Path, ...],
    map_file: Path | None,
    named: str | None,
    is_print: bool,
    is_forced: bool,
    as_json: bool,
) -> int:
    """Turn definitions in mParticle's public audience schema into audiences/ID.yml.

    A FILE may also be a list of audiences from the service's API: definitions named by their id take their names
    from it. What can't be translated is left out of the YAML, which is then a draft with a comment in its place,
    and listed with its JSON path. Exits 0 where everything was translated, 1 where something was not.

    A map for --map, each key of which may be left out:

    \b
      workspaces: [shop]
      inputs: [shop/web]
      lookback: 90 days
      audiences: {"12345": lapsed_buyers}    # the service's id: the id here
      missing_values: out                    # or in: whether a negative holds without a value
      models:
        customers: {is: user, paths: {tier: attribute.plan, hobbies: list.hobbies}}
        orders: {is: ecommerce, action: purchase, paths: {total: where.total_amount, date: time}}
    """
    mapping = ImportMap() if map_file is None else read_import_map(_read(map_file), map_file.name)
    there = _audiences(settings.project)
    imported = import_audiences(
        [Source(file.name, _read(file)) for file in files], mapping, frozenset(there), named
    )
    if not is_print:
        _write(settings.project, imported, there, is_forced)
    if as_json:
        print_json({"audiences": [_as_json(each, is_print) for each in imported]})
    else:
        _print(imported, is_print)
    return FAILED if any(each.not_translated for each in imported) else 0


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start + 1} is no text"
        raise UserError(Problem("IMP-007", message, Place(str(file)))) from None
    except OSError as error:
        message = f"the file can't be read: {error.strerror}"
        raise UserError(Problem("IMP-007", message, Place(str(file)))) from None


def _audiences(project: Path) -> dict[str, str]:
    """The ids of the project's audiences, and the file of each."""
    found: dict[str, str] = {}
    for document in read_folder(project, "audiences", Report()):
        written = document.tree.get("audience") if isinstance(document.tree, Mapping) else None
        if isinstance(written, Scalar):
            found[written.text] = document.file
    return found


def _write(project: Path, imported: tuple[Imported, ...], there: dict[str, str], is_forced: bool) -> None:
    """Write all of them, or none where one is there."""
    problems = [
        Problem("DEF-001", f"there is no project folder `{project.name}`", hint="name it with --project-dir")
    ]
    if project.is_dir():
        problems = [problem for each in imported for problem in _in_the_way(project, each, there, is_forced)]
    if problems:
        raise UserError(*problems)
    for each in imported:
        if each.yaml is not None:
            replace_bytes(project / _file(each), each.yaml.encode("utf-8"))


def _in_the_way(project: Path, imported: Imported, there: dict[str, str], is_forced: bool) -> list[Problem]:
    file = _file(imported)
    other = there.get(imported.id, file)
    if other != file:
        message = f"the audience `{imported.id}` is in `{other}`"
        return [Problem("IMP-008", message, Place(imported.file), hint="give another id with --as")]
    if (project / file).exists() and not is_forced:
        hint = "write over it with --force, or give another id with --as"
        return [Problem("IMP-008", f"`{file}` is there", Place(imported.file), hint=hint)]
    return []


def _file(imported: Imported) -> str:
    return f"audiences/{imported.id}.yml"


def _as_json(imported: Imported, is_print: bool) -> dict[str, Any]:
    return {
        "id": imported.id,
        "source": imported.file,
        "file": None if is_print or imported.yaml is None else _file(imported),
        "yaml": imported.yaml,
        "not_translated": [asdict(finding) for finding in imported.not_translated],
        "notes": [asdict(finding) for finding in imported.notes],
    }


def _print(imported: tuple[Imported, ...], is_print: bool) -> None:
    for index, each in enumerate(imported):
        if each.yaml is not None and is_print:
            click.echo("---\n" * (index > 0) + each.yaml, nl=False)
        elif each.yaml is not None:
            click.echo(_file(each))
        else:
            click.echo(f"{each.file}: nothing of the criteria could be translated", err=True)
        for finding in each.not_translated:
            click.echo(
                f"{each.file}: not translated: {_line(finding.path)}: {_line(finding.reason)}", err=True
            )
        for finding in each.notes:
            click.echo(f"{each.file}: note: {_line(finding.path)}: {_line(finding.reason)}", err=True)


def _line(text: str) -> str:
    """What a terminal can show on one line."""
    return "".join(character if character.isprintable() else "?" for character in text)
