"""One connection's turn in a run: what can be sent is sent, the rest is listed with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.renaming import keep_received
from exports.turn import AudienceOutcome, Turn
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from exports.manifest import ExportManifest
    from exports.turn import Dispatch, Status
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Definitions


@dataclass(frozen=True)
class Outcome:
    """What a connection did. `last_delivered` is the as_of before this turn."""

    connection_id: str
    last_delivered: datetime | None
    audiences: tuple[AudienceOutcome, ...]
    is_inactive: bool = False

    @property
    def files(self) -> tuple[ExportManifest, ...]:
        """All that was delivered or written."""
        return tuple(file for one in self.audiences for file in one.files)

    def of(self, status: Status) -> tuple[AudienceOutcome, ...]:
        """The audiences of one status."""
        return tuple(one for one in self.audiences if one.status == status)

    @property
    def status(self) -> Status:
        """The worst of what its audiences say, `delivered` where it has none."""
        found = {one.status for one in self.audiences}
        for status in ("failed", "faulted", "delivered", "written", "waiting", "not_forward", "not_newest"):
            if status in found:
                return status
        return "inactive" if self.is_inactive else "delivered"


def deliver_connection(
    definitions: Definitions,
    connection: Connection,
    generation: Generation,
    as_of: datetime,
    dispatch: Dispatch,
) -> Outcome:
    """Deliver the memberships of `as_of`, and record of each audience what was taken.

    Nothing is delivered where the connection is inactive, where `as_of` is not later than the last one
    delivered, or where a later membership is stored: identities are known for the newest as_of alone. What was
    prepared before and did not arrive is sent first, as it was. A fault of one audience leaves the others their turn.
    """
    last = dispatch.ledger.last_delivered(connection.id)
    if not connection.is_active:
        return Outcome(connection.id, last, (), is_inactive=True)
    unsent = dict(unsent_audiences(definitions, connection, generation, as_of))
    outcomes = []
    for audience_id in connection.audiences:
        if audience_id in unsent:
            outcomes.append(AudienceOutcome(audience_id, "unsent", unsent[audience_id]))
            continue
        keep_received(dispatch, connection.id, definitions.audience(audience_id))
        turn = Turn(definitions, connection, audience_id, generation, as_of, dispatch)
        try:
            outcomes.append(turn.take())
        except UserError as error:
            words = "; ".join(problem.message for problem in error.problems)
            outcomes.append(AudienceOutcome(audience_id, "failed", words, problems=error.problems))
    return Outcome(connection.id, last, tuple(outcomes))


def unsent_audiences(
    definitions: Definitions, connection: Connection, generation: Generation, as_of: datetime
) -> Iterator[tuple[str, str]]:
    """The audiences of a connection that can't be sent at `as_of`, each with the reason."""
    # What an as_of that is not the newest held does not matter: it is not sent.
    calculated = (
        set(generation.calculated(as_of))
        if as_of == generation.newest
        else {audience.id for audience in definitions.audiences}
    )
    account = definitions.output(connection.output).account
    for audience_id in connection.audiences:
        audience = definitions.audience(audience_id)
        if audience.is_draft:
            yield audience_id, "it is a draft"
        elif account != "own" and audience.access_of(account) != "usable":
            yield audience_id, f"it is not usable for the account `{account}`"
        elif connection.variant is not None and connection.variant not in audience.variants:
            yield audience_id, f"it has no variant `{connection.variant}`"
        elif audience_id not in calculated:
            yield audience_id, "it was not calculated in this run"
