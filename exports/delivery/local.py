"""Delivery into a folder: the file appears whole, then its manifest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from exports.build import ExportRequest, write_export
from exports.file_names import file_stem
from exports.manifest import ExportManifest
from transforms.durable import replace_bytes, replacing
from transforms.instants import compact

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.audiences.generations import Generation


def deliver_locally(
    folder: Path,
    generation: Generation,
    request: ExportRequest,
    connection_id: str,
    options: tuple[tuple[str, str], ...],
) -> ExportManifest:
    """Write `<audience>[-<variant>]_<as_of>[_<kind>].<extension>` and its manifest, last, into `folder`.

    The same inputs give the same names and bytes, so that a delivery repeated after a crash changes nothing.
    """
    kind = f"_{request.file.kind}" if request.file.kind else ""
    stem = f"{file_stem(request.audience_id, request.variant)}_{compact(request.as_of)}{kind}"
    path = folder / f"{stem}.{request.file.format.extension}"
    with replacing(path) as temporary:
        counts = write_export(generation, request, temporary)
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    manifest = ExportManifest(
        file_name=path.name,
        bytes=path.stat().st_size,
        sha256=digest,
        connection=connection_id,
        partner=request.partner.name,
        rules_version=request.partner.rules_version,
        options=options,
        audience_id=request.audience_id,
        audience_name=request.audience_name,
        variant=request.variant,
        as_of=request.as_of,
        identities=request.identity_types,
        least_rows=request.file.least_rows,
        counts=counts,
    )
    replace_bytes(folder / f"{stem}.manifest.json", manifest.to_bytes())
    return manifest
