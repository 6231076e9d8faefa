"""One connection's turn in a run: what can be sent is sent, the rest is listed with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from exports.brakes import held
from exports.delivery.faults import DeliveryError
from exports.file_names import file_stem
from exports.ledger.records import RecordedFault
from exports.outbox import keep, pending
from exports.partners.chosen import chosen_files
from exports.partners.registry import partner_named
from exports.prepare import prepare
from exports.request import ExportRequest
from exports.send import FileCarrier, record, send_files
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from exports.ledger.ledger import Ledger
    from exports.ledger.records import ReceivedAudience
    from exports.manifest import ExportManifest
    from exports.outbox import OutboxDelivery
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Audience, Connection, Definitions, Output
    from transforms.errors import Problem

#: `delivered`: also where nothing had changed. `written`: a file lies in exports/, since nothing may leave over the
#: network. `not_forward`: this as_of, or a later one, was delivered before. `not_newest`: a later membership is stored.
#: `unsent`: it can't be connected. `faulted`: as the ledger says. `failed`: what was to be sent is wrong.
Status = Literal[
    "delivered", "written", "inactive", "not_forward", "not_newest", "unsent", "faulted", "failed"
]


@dataclass(frozen=True)
class AudienceOutcome:
    """What became of one audience of a connection, and why, in words."""

    audience_id: str
    status: Status
    reason: str = ""
    files: tuple[ExportManifest, ...] = ()
    fault: RecordedFault | None = None
    is_new_fault: bool = False
    problems: tuple[Problem, ...] = ()


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
        for status in ("failed", "faulted", "delivered", "written", "not_forward", "not_newest"):
            if status in found:
                return status
        return "inactive" if self.is_inactive else "delivered"


@dataclass(frozen=True)
class Dispatch:
    """What a delivery needs beside what it delivers.

    `carrier` gives what takes the files of a connection, None where nothing may leave over the network; `missing` the
    inputs that have no data of the newest day. `folder_carrier` writes below the data folder.
    """

    ledger: Ledger
    outbox: Path
    carrier: Callable[[Output, str], AbstractContextManager[FileCarrier] | None]
    folder_carrier: Callable[[str], FileCarrier]
    missing: Callable[[datetime], frozenset[str]]
    now: Callable[[], datetime]


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
    unsent = dict(_unsent(definitions, connection, generation, as_of))
    outcomes = []
    for audience_id in connection.audiences:
        if audience_id in unsent:
            outcomes.append(AudienceOutcome(audience_id, "unsent", unsent[audience_id]))
            continue
        turn = _Turn(definitions, connection, audience_id, generation, as_of, dispatch)
        try:
            outcomes.append(turn.take())
        except UserError as error:
            words = "; ".join(problem.message for problem in error.problems)
            outcomes.append(AudienceOutcome(audience_id, "failed", words, problems=error.problems))
    return Outcome(connection.id, last, tuple(outcomes))


def partner_facing_name(audience: Audience, variant: str | None) -> str:
    """`[external name]`, or `[external name] - [variant name]` (spec §9)."""
    return audience.external_name if variant is None else f"{audience.external_name} - {variant}"


@dataclass(frozen=True)
class _Turn:
    """One audience of a connection."""

    definitions: Definitions
    connection: Connection
    audience_id: str
    generation: Generation
    as_of: datetime
    dispatch: Dispatch

    def take(self) -> AudienceOutcome:
        known = self._known()
        if known.fault is not None:
            return AudienceOutcome(self.audience_id, "faulted", known.fault.message, fault=known.fault)
        waiting = pending(self._outbox)
        carrier = self.dispatch.carrier(self._output, self.connection.id)
        if waiting is not None and carrier is not None:
            outcome = self._send(waiting, known, carrier, ())
            if outcome.status == "faulted":
                return outcome
            known = self._known()
            carrier = self.dispatch.carrier(self._output, self.connection.id)
        if known.as_of is not None and self.as_of <= known.as_of:
            return AudienceOutcome(self.audience_id, "not_forward")
        if self.as_of != self.generation.newest:
            return AudienceOutcome(self.audience_id, "not_newest")
        if carrier is None:
            return self._write(known)
        return self._deliver(known, carrier)

    def _deliver(
        self, known: ReceivedAudience, carrier: AbstractContextManager[FileCarrier]
    ) -> AudienceOutcome:
        prepared = prepare(
            self._requests(known),
            self.generation,
            self.connection.id,
            self._output.options,
            known,
            self.dispatch.ledger,
            self._outbox,
        )
        inputs = set(self.definitions.audience(self.audience_id).inputs)
        fault = None
        if not known.is_accepted:
            missing = inputs & self.dispatch.missing(self.as_of)
            fault = held(
                prepared, self.connection.id, self.connection.max_removal, missing, self.dispatch.now()
            )
        if fault is not None:
            return self._faulted(known, fault)
        if prepared.delivery is None:
            self.dispatch.ledger.record(self.connection.id, replace(known, as_of=self.as_of))
            return AudienceOutcome(self.audience_id, "delivered")
        return self._send(keep(prepared.delivery), known, carrier, prepared.manifests)

    def _write(self, known: ReceivedAudience) -> AudienceOutcome:
        """Write what would be sent; nothing is recorded, since the partner has received nothing."""
        folder = self._outbox.with_name(f"{self._outbox.name}.written")
        prepared = prepare(
            self._requests(known),
            self.generation,
            self.connection.id,
            self._output.options,
            known,
            self.dispatch.ledger,
            folder,
        )
        if prepared.delivery is not None:
            send_files(prepared.delivery, self.dispatch.folder_carrier(self.connection.id))
            prepared.delivery.drop()
        return AudienceOutcome(self.audience_id, "written", files=prepared.manifests)

    def _send(
        self,
        delivery: OutboxDelivery,
        known: ReceivedAudience,
        carrier: AbstractContextManager[FileCarrier],
        manifests: tuple[ExportManifest, ...],
    ) -> AudienceOutcome:
        try:
            with carrier as opened:
                send_files(delivery, opened)
        except DeliveryError as error:
            fault = error.fault
            recorded = RecordedFault(fault.reason, fault.message, fault.next_step, self.dispatch.now())
            return self._faulted(known, recorded)
        record(delivery, self.connection.id, known, self.dispatch.ledger)
        return AudienceOutcome(self.audience_id, "delivered", files=manifests)

    def _faulted(self, known: ReceivedAudience, fault: RecordedFault) -> AudienceOutcome:
        self.dispatch.ledger.record(self.connection.id, replace(known, fault=fault))
        return AudienceOutcome(self.audience_id, "faulted", fault.message, fault=fault, is_new_fault=True)

    def _known(self) -> ReceivedAudience:
        return self.dispatch.ledger.read(self.connection.id).audience(
            self.audience_id, self.connection.variant
        )

    @property
    def _output(self) -> Output:
        return self.definitions.output(self.connection.output)

    @property
    def _outbox(self) -> Path:
        return (
            self.dispatch.outbox / self.connection.id / file_stem(self.audience_id, self.connection.variant)
        )

    def _requests(self, known: ReceivedAudience) -> tuple[ExportRequest, ...]:
        """One for each file of the partner that any identity type of the connection goes to."""
        output, connection = self._output, self.connection
        partner = partner_named(output.partner)
        requests = (
            ExportRequest(
                self.audience_id,
                connection.variant,
                self.as_of,
                partner,
                file,
                partner_facing_name(self.definitions.audience(self.audience_id), connection.variant),
                connection.identities,
                output.region or self.definitions.project.default_region,
                connection.mode,
                known.times_sent(self.as_of),
            )
            for file in chosen_files(partner, output)
        )
        return tuple(request for request in requests if request.identity_types)


def _unsent(
    definitions: Definitions, connection: Connection, generation: Generation, as_of: datetime
) -> Iterator[tuple[str, str]]:
    """The audiences that can't be sent, each with the reason."""
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
