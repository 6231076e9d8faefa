"""An audience that has another id keeps what its partners have received of it (`formerly`, spec §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exports.turn import outbox_of

if TYPE_CHECKING:
    from exports.turn import Dispatch
    from transforms.definitions.records import Audience


def keep_received(dispatch: Dispatch, connection_id: str, audience: Audience) -> None:
    """Let the ledger and the outbox of a connection know an audience by its id, where they know it by its former one."""
    if audience.formerly is None:
        return
    for one in dispatch.ledger.read(connection_id).audiences:
        if one.audience_id == audience.formerly:
            before = outbox_of(dispatch, connection_id, audience.formerly, one.variant)
            now = outbox_of(dispatch, connection_id, audience.id, one.variant)
            # What is prepared goes as it was prepared, under its name.
            if before.is_dir() and not now.exists():
                before.rename(now)
    dispatch.ledger.rename(connection_id, audience.formerly, audience.id)
