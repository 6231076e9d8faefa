"""Publishes an as_of: a new generation beside the old one, then one rename."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from transforms.audiences.counted_figures import DAY, figures_at
from transforms.audiences.generations import (
    ATTRIBUTE_DEFINITIONS,
    ATTRIBUTES,
    AUDIENCES,
    CALCULATED_ATTRIBUTE_TABLE,
    DAILY,
    IDENTITIES,
    MANIFEST,
    PRIVACY,
    PROFILE_TABLE,
    Generation,
    PublishedAttribute,
    PublishedAudience,
    Store,
)
from transforms.audiences.membership_writer import write_empty, write_memberships
from transforms.audiences.memberships import EMPTY, CalculatedAudience, folder_name
from transforms.audiences.tables import Rows, put_rows, write_rows
from transforms.contracts import (
    AUDIENCE_DAILY,
    CALCULATED_ATTRIBUTES,
    PROFILES,
    USER_ATTRIBUTES,
    USER_IDENTITIES,
    USER_PRIVACY,
)
from transforms.durable import link_file, replace_bytes, sync_file, sync_folder
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime, timedelta
    from pathlib import Path

    from transforms.audiences.figures import Figures
    from transforms.audiences.run_models import RunModels
    from transforms.definitions.records import Definitions

#: What holds for the newest as_of alone.
_NEWEST_ONLY = (
    IDENTITIES,
    PRIVACY,
    PROFILE_TABLE,
    ATTRIBUTES,
    CALCULATED_ATTRIBUTE_TABLE,
    ATTRIBUTE_DEFINITIONS,
)
_WORKING = ".next"
#: The current generation and the one before it, which a reader may still have open.
_KEPT_GENERATIONS = 2


@dataclass(frozen=True)
class Publication:
    """One as_of to publish.

    `members`: MEMBERSHIP sorted by (audience_id, mpid). `identities`: USER_IDENTITIES sorted by (mpid,
    identity_type, identity_value). `privacy`: USER_PRIVACY sorted by all columns, nulls first. `profiles`: PROFILES sorted by (workspace, mpid). `attributes`:
    USER_ATTRIBUTES sorted by (workspace, mpid, attribute_key). `calculated_attributes`: CALCULATED_ATTRIBUTES
    sorted by (attribute_id, mpid). All as of `as_of`; each as rows, or as a file that `write_rows` made of them,
    which is linked and must not be written to again. `models` are those that they were computed by.
    `membership_history` is how long before the newest as_of memberships are kept, None for ever.
    """

    as_of: datetime
    calculated: tuple[CalculatedAudience, ...]
    members: Rows | Path
    identities: Rows | Path
    privacy: Rows | Path
    profiles: Rows | Path
    attributes: Rows | Path
    calculated_attributes: Rows | Path
    audiences: tuple[PublishedAudience, ...]
    attribute_definitions: tuple[PublishedAttribute, ...]
    models: RunModels
    membership_history: timedelta | None = None


def described(definitions: Definitions) -> tuple[PublishedAudience, ...]:
    """What a publication says of every audience that is defined."""
    return tuple(
        PublishedAudience(
            audience.id,
            audience.name,
            audience.external_name,
            audience.journey,
            audience.tags,
            audience.owner,
        )
        for audience in definitions.audiences
    )


def described_attributes(
    definitions: Definitions, calculated: Collection[str]
) -> tuple[PublishedAttribute, ...]:
    """What a publication says of every calculated attribute that is defined; `calculated` are ids."""
    return tuple(
        PublishedAttribute(
            id=attribute.id,
            name=attribute.name,
            function=attribute.calculation.function.name,
            gives=attribute.calculation.function.gives,
            is_calculated=attribute.id in calculated,
            tags=attribute.tags,
            owner=attribute.owner,
        )
        for attribute in definitions.attributes
    )


def ensure(store: Store) -> Generation:
    """The current generation; makes an empty one, with every file and schema, where there is none."""
    current = store.current()
    if current is not None:
        return current
    working = _begin(store)
    write_empty(working / "memberships" / EMPTY)
    _write_newest(working, _NOTHING)
    _write_figures(working / DAILY, ())
    _finish(working, None)
    return _swap(store, working, 0)


def publish(store: Store, publication: Publication) -> Generation:
    """Publish one as_of as a new generation, in place of what was stored for it, and return it.

    Where nothing changed the current generation stays and is returned. Figures are computed for this
    as_of, for the day after it, and for as_ofs that lost the day before to `membership_history`. A crash
    at any moment leaves the current generation; what it left behind goes at the next publish.
    """
    previous = ensure(store)
    working = _begin(store)
    newest = max(publication.as_of, previous.newest or publication.as_of)
    oldest = newest - publication.membership_history if publication.membership_history else None
    candidates = {*previous.stored, publication.as_of}
    kept = {as_of for as_of in candidates if oldest is None or as_of >= oldest}

    memberships = working / "memberships"
    _link(previous.folder / "memberships" / EMPTY, memberships / EMPTY)
    for as_of in sorted(kept):
        if as_of == publication.as_of:
            folder = memberships / folder_name(as_of)
            write_memberships(folder, as_of, publication.calculated, publication.members, publication.models)
        else:
            _link(previous.stored[as_of], memberships / folder_name(as_of))
    stored_ids = {row.audience_id for row in previous.figures if row.as_of in kept - {publication.as_of}}
    stored_ids |= {audience.id for audience in publication.calculated}
    if publication.as_of == newest:
        orphans = _orphans(previous.audiences, publication.audiences, stored_ids)
        _write_newest(working, replace(publication, audiences=(*publication.audiences, *orphans)))
    else:
        for name in _NEWEST_ONLY:
            # A generation of an earlier version lacks what was not published then.
            if (previous.folder / name).exists():
                _link(previous.folder / name, working / name)
        orphans = _orphans(publication.audiences, previous.audiences, stored_ids)
        _write_described(working / AUDIENCES, (*previous.audiences, *orphans))

    changed = {publication.as_of, *(candidates - kept)}
    affected = kept & {as_of + step for as_of in changed for step in (0 * DAY, DAY)}
    stored = {as_of: memberships / folder_name(as_of) for as_of in kept}
    unchanged = (row for row in previous.figures if row.as_of in kept - affected)
    computed = (row for as_of in sorted(affected) for row in figures_at(as_of, stored))
    _write_figures(working / DAILY, (*unchanged, *computed))
    _finish(working, previous)
    if (working / MANIFEST).read_bytes() == (previous.folder / MANIFEST).read_bytes():
        shutil.rmtree(working)
        return previous
    return _swap(store, working, previous.number + 1)


def _orphans(
    others: tuple[PublishedAudience, ...], described: tuple[PublishedAudience, ...], stored: set[str]
) -> tuple[PublishedAudience, ...]:
    """Those of `others` of which members are stored and which nobody defined at the newest as_of."""
    known = {audience.id for audience in described}
    return tuple(audience for audience in others if audience.id in stored - known)


def _begin(store: Store) -> Path:
    """An empty working folder; sweeps what a crash left: unfinished work, and whatever was not swapped in."""
    store.generations.mkdir(parents=True, exist_ok=True)
    current = store.current()
    for folder in store.generations.iterdir():
        finished = folder.name.isdecimal() and current is not None and int(folder.name) <= current.number
        if not finished:
            shutil.rmtree(folder)
    working = store.generations / _WORKING
    (working / "memberships").mkdir(parents=True)
    return working


def _swap(store: Store, working: Path, number: int) -> Generation:
    folder = store.generations / str(number)
    working.rename(folder)
    sync_folder(store.generations)
    link = store.folder / ".current.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(f"generations/{number}")
    link.replace(store.folder / "current")
    sync_folder(store.folder)
    for old in store.generations.iterdir():
        if int(old.name) <= number - _KEPT_GENERATIONS:
            shutil.rmtree(old)
    return Generation(folder)


@dataclass(frozen=True)
class _Newest:
    """What holds for the newest as_of alone."""

    identities: Rows | Path
    privacy: Rows | Path
    profiles: Rows | Path
    attributes: Rows | Path
    calculated_attributes: Rows | Path
    audiences: tuple[PublishedAudience, ...]
    attribute_definitions: tuple[PublishedAttribute, ...]


_NOTHING = _Newest(
    USER_IDENTITIES.empty_table(),
    USER_PRIVACY.empty_table(),
    PROFILES.empty_table(),
    USER_ATTRIBUTES.empty_table(),
    CALCULATED_ATTRIBUTES.empty_table(),
    audiences=(),
    attribute_definitions=(),
)


def _write_newest(working: Path, newest: _Newest | Publication) -> None:
    for name, schema, rows in (
        (IDENTITIES, USER_IDENTITIES, newest.identities),
        (PRIVACY, USER_PRIVACY, newest.privacy),
        (PROFILE_TABLE, PROFILES, newest.profiles),
        (ATTRIBUTES, USER_ATTRIBUTES, newest.attributes),
        (CALCULATED_ATTRIBUTE_TABLE, CALCULATED_ATTRIBUTES, newest.calculated_attributes),
    ):
        put_rows(working / name, schema, rows)
    _write_described(working / AUDIENCES, newest.audiences)
    _write_described(working / ATTRIBUTE_DEFINITIONS, newest.attribute_definitions)


def _write_described(path: Path, described: tuple[PublishedAudience | PublishedAttribute, ...]) -> None:
    listed = [asdict(one) for one in sorted(described, key=lambda one: one.id)]
    path.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sync_file(path)


def _write_figures(path: Path, figures: Iterable[Figures]) -> None:
    rows = [
        {
            "as_of": row.as_of,
            "audience_id": row.audience_id,
            "size": row.size,
            "adds": row.adds,
            "drops": row.drops,
            "volatility": row.volatility,
        }
        for row in sorted(figures, key=lambda row: (row.as_of, row.audience_id))
    ]
    write_rows(path, AUDIENCE_DAILY, pa.Table.from_pylist(rows, AUDIENCE_DAILY))


def _link(source: Path, target: Path) -> None:
    """Hard links of a file, or of the files in a folder."""
    if source.is_dir():
        target.mkdir()
        for file in sorted(source.iterdir()):
            link_file(file, target / file.name)
        sync_folder(target)
        return
    link_file(source, target)


def _finish(working: Path, previous: Generation | None) -> None:
    """Write the manifest last: every file with its bytes and SHA-256."""
    sync_folder(working / "memberships")
    content = {
        "format": 1,
        "as_ofs": [iso(as_of) for as_of in Generation(working).stored],
        "files": list(_listed(working, previous)),
    }
    replace_bytes(working / MANIFEST, (json.dumps(content, indent=1) + "\n").encode())
    sync_folder(working)


def _listed(working: Path, previous: Generation | None) -> Iterator[dict[str, object]]:
    """Name, bytes and SHA-256 of every file; that of a hard link is taken over, 400 days are not read again."""
    known: dict[str, dict[str, object]] = {}
    if previous is not None:
        listed = json.loads((previous.folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        known = {entry["name"]: entry for entry in listed}
    for path in sorted(path for path in working.rglob("*") if path.is_file()):
        name = path.relative_to(working).as_posix()
        if previous is not None and name in known and path.samefile(previous.folder / name):
            yield known[name]
        else:
            yield {"name": name, "bytes": path.stat().st_size, "sha256": _digest(path)}


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
