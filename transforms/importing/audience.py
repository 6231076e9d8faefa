"""A definition in mParticle's public audience schema as an audience of ours. The entrance of this package.

The service publishes neither the models and paths of a definition nor every meaning of its operators. What is
published is kept; what is not is told by the map, or left out and listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from transforms.definitions.vocabulary import ID_PATTERN
from transforms.errors import Place, Problem, UserError
from transforms.importing.comparisons import readable
from transforms.importing.conditions import Context
from transforms.importing.expressions import translate
from transforms.importing.findings import Finding, Findings, NotTranslatedError
from transforms.importing.json_documents import read_json
from transforms.importing.mapping import ImportMap
from transforms.importing.names import Listed, id_of_name, listed_of, read_list
from transforms.importing.reading import below, read_expression
from transforms.importing.tree import LeftOut, left_out, pruned
from transforms.importing.yaml_text import audience_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_ROOT = "$"
_BESIDE = ("id", "name", "external_name", "tags")
_LONGEST_NAME = 100
_LONGEST_TAG = 18


@dataclass(frozen=True)
class Source:
    """One file as it is: its name, for messages and where nothing else names the audience, and its text."""

    file: str
    text: str


@dataclass(frozen=True)
class Imported:
    """What became of one definition.

    `yaml` is a valid audience file, or None where nothing of the criteria could be translated. Where a part is in
    `not_translated`, the YAML is a draft with a comment in its place. `notes` say how something was taken that can
    be taken in two ways.
    """

    file: str
    id: str
    yaml: str | None
    not_translated: tuple[Finding, ...]
    notes: tuple[Finding, ...]


@dataclass(frozen=True)
class _Definition:
    """A document that is a definition, and what is known of its name."""

    file: str
    id: str
    listed: Listed
    document: dict[str, Any]


def import_audiences(
    sources: Iterable[Source],
    mapping: ImportMap | None = None,
    known_ids: Collection[str] = (),
    named: str | None = None,
) -> tuple[Imported, ...]:
    """Every definition in the files, in their order.

    A file may also be a list of audiences as the service's API gives it; the definitions take their names from it,
    by their `id` or by a file name that is the id. `known_ids` are audiences that a definition may name beside those
    imported with it; `named` is the id of the one definition. Raises UserError: IMP-001 not JSON, IMP-003 not a
    definition, IMP-004 no definition, IMP-005 two definitions with one id, IMP-006 an id that is none.
    """
    documents = [(source.file, read_json(source.text, source.file)) for source in sources]
    lists = [read_list(document) for _, document in documents]
    listed = {item.id: item for found in lists for item in found or () if item.id is not None}
    definitions = [
        _definition(file, document, listed, named)
        for (file, document), found in zip(documents, lists, strict=True)
        if found is None
    ]
    _check(definitions, named)
    used = mapping or ImportMap()
    known = {item.id: id_of_name(item.name) for item in listed.values() if item.id and item.name}
    ids = {theirs: ours for theirs, ours in known.items() if ours in known_ids}
    ids.update({item.listed.id: item.id for item in definitions if item.listed.id is not None})
    ids.update(used.audiences)
    return tuple(_import(definition, _context(definition, used, ids)) for definition in definitions)


def _context(definition: _Definition, mapping: ImportMap, ids: dict[str, str]) -> Context:
    """An audience that names itself would be a cycle, so its own id means nothing in it."""
    others = {theirs: ours for theirs, ours in ids.items() if ours != definition.id}
    return Context(mapping, others, Findings())


def _definition(file: str, document: Any, listed: dict[str, Listed], named: str | None) -> _Definition:
    if not isinstance(document, dict) or "audience" not in document:
        raise UserError(
            Problem(
                "IMP-003",
                "this is neither an audience definition nor a list of audiences",
                Place(file),
                hint="a definition is an object with `schema_version` and `audience`",
            )
        )
    stem = PurePath(file).stem
    own = listed_of(document)
    known = listed.get(own.id or stem, Listed())
    found = Listed(
        id=own.id or known.id or stem,
        name=own.name or known.name,
        external_name=own.external_name or known.external_name,
        tags=own.tags or known.tags,
    )
    by_name = id_of_name(found.name or stem)
    # A name in letters that ids do not have says nothing: the service's id does.
    by_id = id_of_name(f"audience {found.id}") if by_name in ("", "audience") else by_name
    return _Definition(file, named or by_id, found, document)


def _check(definitions: list[_Definition], named: str | None) -> None:
    problems: list[Problem] = []
    if not definitions:
        problems.append(
            Problem(
                "IMP-004",
                "there is no definition in what was given",
                hint="the service's lists of audiences give names, and no criteria",
            )
        )
    if named is not None and not re.match(ID_PATTERN, named):
        problems.append(Problem("IMP-006", f"`{named[:80]}` is no id of an audience"))
    by_id: dict[str, str] = {}
    for definition in definitions:
        if definition.id in by_id:
            problems.append(
                Problem(
                    "IMP-005",
                    f"the id `{definition.id}` is that of `{by_id[definition.id]}` too",
                    Place(definition.file),
                    hint="import the files one by one and name each with --as",
                )
            )
        by_id.setdefault(definition.id, definition.file)
    if problems:
        raise UserError(*problems)


def _import(definition: _Definition, context: Context) -> Imported:
    document = definition.document
    criteria = pruned(translate(read_expression(document["audience"], below(_ROOT, "audience")), context))
    head, others = _head(definition, context)
    beside = (*others, *_of_root(document))
    missing = (*beside, *left_out(criteria))
    yaml = None
    if not isinstance(criteria, LeftOut):
        status = {"status": "draft"} if missing else {}
        yaml = audience_yaml({**head, **status, **_scope(context.map)}, criteria, beside)
    return Imported(definition.file, definition.id, yaml, missing, context.findings.notes)


def _scope(mapping: ImportMap) -> dict[str, Any]:
    found = {
        "workspaces": list(mapping.workspaces),
        "inputs": list(mapping.inputs),
        "lookback": mapping.lookback,
    }
    return {key: value for key, value in found.items() if value}


def _head(definition: _Definition, context: Context) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    listed, left = definition.listed, []
    head: dict[str, Any] = {"audience": definition.id}
    names = {"name": listed.name, "external_name": listed.external_name}
    for key, value in names.items():
        if value is None or (key == "external_name" and value == head.get("name")):
            continue
        reason = _wrong_text(value, _LONGEST_NAME)
        if reason is None:
            head[key] = value
        else:
            left.append(Finding(below(_ROOT, key), reason))
    tags = [tag for tag in dict.fromkeys(listed.tags) if _wrong_text(tag, _LONGEST_TAG) is None]
    left.extend(
        Finding(below(_ROOT, "tags"), f"a tag: {reason}")
        for tag in listed.tags
        if (reason := _wrong_text(tag, _LONGEST_TAG)) is not None
    )
    if not context.map.inputs:
        context.findings.note(
            _ROOT, "a definition does not say its inputs: every input of the workspaces is used"
        )
    return {**head, **({"tags": tags} if tags else {})}, tuple(left)


def _wrong_text(text: str, longest: int) -> str | None:
    try:
        readable(text, _ROOT)
    except NotTranslatedError as error:
        return error.findings[0].reason
    if len(text) > longest:
        return f"it is {len(text)} characters long, and at most {longest} are allowed"
    if not text.strip() or any(ord(character) < 32 or ord(character) == 127 for character in text):
        return "it is empty, or has control characters or several lines"
    return None


def _of_root(document: dict[str, Any]) -> tuple[Finding, ...]:
    found = [
        Finding(below(_ROOT, key), "the schema has no such key here")
        for key in document
        if key not in ("schema_version", "audience", *_BESIDE)
    ]
    version = document.get("schema_version")
    at = below(_ROOT, "schema_version")
    if not isinstance(version, str):
        found.append(Finding(at, "the version of the schema is not said: read as version 1"))
    elif version.split(".")[0] != "1":
        found.append(Finding(at, f"version `{version[:20]}` of the schema is not known: read as version 1"))
    return tuple(found)
