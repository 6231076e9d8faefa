"""One connection's turn in a run: what can be sent is sent, the rest is listed with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from exports.build import ExportRequest
from exports.delivery.local import deliver_locally
from exports.partners.chosen import chosen_files
from exports.partners.registry import partner_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from exports.ledger import Ledger
    from exports.manifest import ExportManifest
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Audience, Connection, Definitions

#: `not_forward`: this as_of, or a later one, was delivered before. `not_newest`: a later membership is stored.
Status = Literal["delivered", "inactive", "not_forward", "not_newest"]


@dataclass(frozen=True)
class Unsent:
    """An audience of a connection that was not sent, and why, in words."""

    audience_id: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a connection did. `last_delivered` is the as_of before this turn."""

    connection_id: str
    status: Status
    last_delivered: datetime | None
    files: tuple[ExportManifest, ...] = ()
    unsent: tuple[Unsent, ...] = ()


def deliver_connection(
    definitions: Definitions,
    connection: Connection,
    generation: Generation,
    as_of: datetime,
    ledger: Ledger,
    exports: Path,
) -> Outcome:
    """Deliver the memberships of `as_of` below `exports/<connection>/`, then record it.

    Nothing is delivered where the connection is inactive, where `as_of` is not later than the last one
    delivered, or where a later membership is stored: identities are known for the newest as_of alone.
    """
    last = ledger.last_delivered(connection.id)
    if not connection.is_active:
        return Outcome(connection.id, "inactive", last)
    if last is not None and as_of <= last:
        return Outcome(connection.id, "not_forward", last)
    if as_of != generation.newest:
        return Outcome(connection.id, "not_newest", last)
    unsent = tuple(_unsent(definitions, connection, generation, as_of))
    without = {found.audience_id for found in unsent}
    options = definitions.output(connection.output).options
    files = tuple(
        deliver_locally(exports / connection.id, generation, request, connection.id, options)
        for audience_id in connection.audiences
        if audience_id not in without
        for request in _requests(definitions, connection, audience_id, as_of)
    )
    ledger.record(connection.id, as_of, files)
    return Outcome(connection.id, "delivered", last, files, unsent)


def partner_facing_name(audience: Audience, variant: str | None) -> str:
    """`[external name]`, or `[external name] - [variant name]` (spec §9)."""
    return audience.external_name if variant is None else f"{audience.external_name} - {variant}"


def _requests(
    definitions: Definitions, connection: Connection, audience_id: str, as_of: datetime
) -> Iterator[ExportRequest]:
    """One for each file of the partner that any identity type of the connection goes to."""
    output = definitions.output(connection.output)
    partner = partner_named(output.partner)
    region = output.region or definitions.project.default_region
    name = partner_facing_name(definitions.audience(audience_id), connection.variant)
    for file in chosen_files(partner, output):
        request = ExportRequest(
            audience_id, connection.variant, as_of, partner, file, name, connection.identities, region
        )
        if request.identity_types:
            yield request


def _unsent(
    definitions: Definitions, connection: Connection, generation: Generation, as_of: datetime
) -> Iterator[Unsent]:
    calculated = generation.calculated(as_of)
    account = definitions.output(connection.output).account
    for audience_id in connection.audiences:
        audience = definitions.audience(audience_id)
        if audience.is_draft:
            yield Unsent(audience_id, "it is a draft")
        elif account != "own" and audience.access_of(account) != "usable":
            yield Unsent(audience_id, f"it is not usable for the account `{account}`")
        elif connection.variant is not None and connection.variant not in audience.variants:
            yield Unsent(audience_id, f"it has no variant `{connection.variant}`")
        elif audience_id not in calculated:
            yield Unsent(audience_id, "it was not calculated in this run")
