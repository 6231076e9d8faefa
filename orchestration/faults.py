"""Which deliveries are faulted or held, as the ledger has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.ledger.ledger import Ledger
from transforms.audiences.watching import Finding

if TYPE_CHECKING:
    from exports.ledger.records import RecordedFault
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions


@dataclass(frozen=True)
class Faulted:
    """An audience that a connection could not deliver, and why."""

    connection_id: str
    audience_id: str
    fault: RecordedFault


def faulted(settings: Settings, definitions: Definitions) -> tuple[Faulted, ...]:
    """All faults of the connections that are defined, by connection, then by audience."""
    ledger = Ledger(settings.connection_ledger)
    return tuple(
        Faulted(connection.id, received.audience_id, fault)
        for connection in definitions.connections
        for received, fault in ledger.read(connection.id).faults
        if received.audience_id in connection.audiences
    )


def fault_findings(settings: Settings, definitions: Definitions) -> tuple[Finding, ...]:
    """The same as what deserves a look, since when it was so."""
    return tuple(
        Finding(
            "faulted",
            one.audience_id,
            one.fault.since,
            f"is not sent by `{one.connection_id}` ({one.fault.reason}): {one.fault.message}; {one.fault.next_step}",
            one.connection_id,
        )
        for one in faulted(settings, definitions)
    )
