"""One audience of a connection: what is prepared, held, sent and recorded of it in a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast

from exports.brakes import held
from exports.delivery.faults import DeliveryError
from exports.file_names import file_stem
from exports.jobs import after_jobs
from exports.ledger.records import RecordedFault
from exports.manifest import read_manifest
from exports.outbox import keep, pending
from exports.partners.chosen import chosen_files
from exports.partners.registry import partner_named
from exports.prepare import Prepared, prepare
from exports.request import ExportRequest
from exports.send import record, send_files, send_requests
from transforms.definitions.destinations import HttpApi, Local

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime, timedelta
    from pathlib import Path

    from exports.ledger.ledger import Ledger
    from exports.ledger.records import ReceivedAudience
    from exports.manifest import ExportManifest
    from exports.outbox import OutboxDelivery
    from exports.send import FileCarrier, RequestCarrier
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection, Output
    from transforms.definitions.records import Audience, Definitions
    from transforms.errors import Problem

#: `delivered`: also where nothing had changed. `written`: a file lies in exports/, since nothing may leave over the
#: network. `not_forward`: this as_of, or a later one, was delivered before. `not_newest`: a later membership is stored.
#: `unsent`: it can't be connected. `waiting`: the partner still works on what it was sent last. `faulted`: as the ledger says. `failed`: what was to be sent is wrong.
Status = Literal[
    "delivered", "written", "inactive", "not_forward", "not_newest", "unsent", "waiting", "faulted", "failed"
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
class Dispatch:
    """What a delivery needs beside what it delivers.

    `carrier` opens what takes the deliveries of an output; `may_leave`: whether they may go over the network. `missing` are
    the inputs that have no data of the newest day. `folder_carrier` writes below the data folder.
    """

    ledger: Ledger
    outbox: Path
    carrier: Callable[[Output, str], AbstractContextManager[FileCarrier | RequestCarrier]]
    may_leave: bool
    folder_carrier: Callable[[str], FileCarrier]
    missing: Callable[[datetime], frozenset[str]]
    now: Callable[[], datetime]


def partner_facing_name(audience: Audience, variant: str | None) -> str:
    """`[external name]`, or `[external name] - [variant name]` (spec §9)."""
    return audience.external_name if variant is None else f"{audience.external_name} - {variant}"


def outbox_of(dispatch: Dispatch, connection_id: str, audience_id: str, variant: str | None) -> Path:
    """Where what is prepared of an audience, or a variant of it, lies until it has arrived."""
    return dispatch.outbox / connection_id / file_stem(audience_id, variant)


@dataclass(frozen=True)
class Turn:
    """One audience's turn at `as_of`."""

    definitions: Definitions
    connection: Connection
    audience_id: str
    generation: Generation
    as_of: datetime
    dispatch: Dispatch

    def take(self) -> AudienceOutcome:
        """Send what was prepared before and did not arrive, then what is to be sent now."""
        known = self.known
        if known.fault is not None:
            return AudienceOutcome(self.audience_id, "faulted", known.fault.message, fault=known.fault)
        arrived = self._arrive()
        if arrived is not None and (arrived.status != "delivered" or self.known.as_of == self.as_of):
            return arrived
        if (waiting := self._waiting(self.known)) is not None:
            return waiting
        known = self.known
        if known.as_of is not None and self.as_of <= known.as_of:
            return AudienceOutcome(self.audience_id, "not_forward")
        if self.as_of != self.generation.newest:
            return AudienceOutcome(self.audience_id, "not_newest")
        return self._deliver(known) if self.may_leave else self._write(known)

    def empty(self) -> AudienceOutcome:
        """Take back all that was received, after what was prepared before and did not arrive; nothing holds it.

        `waiting`: the partner works on what it was sent last, or on taking back. It is asked when this is done again.
        """
        arrived = self._arrive()
        if arrived is not None and arrived.status != "delivered":
            return arrived
        if (waiting := self._waiting(self.known)) is not None:
            return waiting
        known = self.known
        folder = self._outbox if self.may_leave else self._beside("written")
        prepared = self._prepare(known, folder, empties=True)
        if not self.may_leave:
            return self._written(prepared)
        if prepared.delivery is not None:
            outcome = self._send(keep(prepared.delivery), known)
            return (self._waiting(self.known) or outcome) if outcome.status == "delivered" else outcome
        if known.fault is not None and known.fault.reason == "refused":
            # Nothing is left to be sent, and yet what was taken back may be there still: somebody has to look.
            return AudienceOutcome(self.audience_id, "faulted", known.fault.message, fault=known.fault)
        return AudienceOutcome(self.audience_id, "delivered")

    @property
    def may_leave(self) -> bool:
        """Whether anything is sent, and not only written below the data folder."""
        return self.dispatch.may_leave or isinstance(self._output.destination, Local)

    def rehearse(self) -> tuple[Prepared, RecordedFault | None]:
        """What would be sent, and what would hold it; nothing is sent, kept or recorded. The folder is the caller's to drop."""
        known = self.known
        prepared = self._prepare(known, self._beside("rehearsed"))
        return prepared, self._held(known, prepared)

    @property
    def known(self) -> ReceivedAudience:
        """What the ledger says of it, under its former id where it was not delivered since."""
        received = self.dispatch.ledger.read(self.connection.id)
        audience = self.definitions.audience(self.audience_id)
        known_as = audience.stored_as({one.audience_id for one in received.audiences})
        return received.audience(known_as or self.audience_id, self.connection.variant)

    def _arrive(self) -> AudienceOutcome | None:
        """Send what was prepared before and did not arrive, None where there is nothing of the kind."""
        prepared = pending(self._outbox) if self.may_leave else None
        return None if prepared is None else self._send(prepared, self.known)

    def _deliver(self, known: ReceivedAudience) -> AudienceOutcome:
        if self._is_emptied_first(known):
            prepared = self._prepare(known, self._outbox, empties=True)
            if (fault := self._held(known, prepared)) is not None:
                return self._hold(known, prepared, fault)
            if prepared.delivery is not None:
                outcome = self._send(keep(prepared.delivery), known)
                if outcome.status != "delivered":
                    return outcome
                # What is sent anew could be taken back with the rest (B11).
                if (waiting := self._waiting(self.known)) is not None:
                    return waiting
                known = self.known
        prepared = self._prepare(known, self._outbox)
        if (fault := self._held(known, prepared)) is not None:
            return self._hold(known, prepared, fault)
        if prepared.delivery is None:
            self.dispatch.ledger.record(
                self.connection.id, replace(known, as_of=self.as_of, is_accepted=False)
            )
            return AudienceOutcome(self.audience_id, "delivered")
        return self._send(keep(prepared.delivery), known)

    def _hold(self, known: ReceivedAudience, prepared: Prepared, fault: RecordedFault) -> AudienceOutcome:
        """It is prepared anew once it is let go, of what holds then."""
        if prepared.delivery is not None:
            prepared.delivery.drop()
        return self._faulted(known, fault)

    def _write(self, known: ReceivedAudience) -> AudienceOutcome:
        """Write what would be sent; nothing is recorded, since the partner has received nothing."""
        return self._written(self._prepare(known, self._beside("written")))

    def _written(self, prepared: Prepared) -> AudienceOutcome:
        if prepared.delivery is not None:
            carrier = self.dispatch.folder_carrier(self.connection.id)
            send_files(prepared.delivery, carrier, self.dispatch.now())
            prepared.delivery.drop()
        return AudienceOutcome(self.audience_id, "written", files=prepared.manifests)

    def _prepare(self, known: ReceivedAudience, folder: Path, *, empties: bool = False) -> Prepared:
        return prepare(
            self._requests(known, empties=empties),
            self.generation,
            self.connection.id,
            self._output.options,
            known,
            self.dispatch.ledger,
            folder,
            empties=empties,
        )

    def _held(self, known: ReceivedAudience, prepared: Prepared) -> RecordedFault | None:
        if known.is_accepted:
            return None
        inputs = set(self.definitions.audience(self.audience_id).inputs)
        missing = inputs & self.dispatch.missing(self.as_of)
        connection = self.connection
        return held(prepared, connection.id, connection.max_removal, missing, self.dispatch.now())

    def _waiting(self, known: ReceivedAudience) -> AudienceOutcome | None:
        """Ask about the work that goes on there; None where there is none, or it has ended."""
        if not known.jobs or not self.may_leave:
            return None
        longest = self._longest_work
        if longest is None:
            # The output goes elsewhere by now.
            self.dispatch.ledger.record(self.connection.id, replace(known, jobs=()))
            return None
        try:
            with self.dispatch.carrier(self._output, self.connection.id) as opened:
                state = cast("RequestCarrier", opened).job_state
                known = after_jobs(known, state, longest, self.dispatch.now())
        except DeliveryError as error:
            # Of work that the partner does not know nothing is to be heard the next time either.
            kept = () if error.fault.reason == "refused" else known.jobs
            return self._faulted(replace(known, jobs=kept), self._recorded(error))
        if known.fault is not None:
            return self._faulted(known, known.fault)
        self.dispatch.ledger.record(self.connection.id, known)
        if not known.jobs:
            return None
        words = f"the partner still works on what it was sent last, {len(known.jobs):,} requests at most"
        return AudienceOutcome(self.audience_id, "waiting", words)

    def _is_emptied_first(self, known: ReceivedAudience) -> bool:
        """Whether all that was received is taken back first: as was asked for, or since it was sent under another name by
        which alone the partner knows it.
        """
        return known.is_emptied_first or any(
            request.file.is_known_by_name and request.audience_name != before.list_name
            for request in self._requests(known)
            if (before := known.list_of(request.file.kind)) is not None and before.list_name is not None
        )

    def _send(self, delivery: OutboxDelivery, known: ReceivedAudience) -> AudienceOutcome:
        ledger, is_whole = self.dispatch.ledger, True
        by_requests = isinstance(self._output.destination, HttpApi)
        try:
            # What is wrong with the address or the variables is a fault, too: it shows where the carrier is made.
            with self.dispatch.carrier(self._output, self.connection.id) as opened:
                if by_requests:
                    known, is_whole = send_requests(
                        delivery,
                        cast("RequestCarrier", opened),
                        self.connection.id,
                        known,
                        ledger,
                        self.dispatch.now(),
                        self._longest_work,
                    )
                else:
                    send_files(delivery, cast("FileCarrier", opened), self.dispatch.now())
        except DeliveryError as error:
            known, now = self.known, self.dispatch.now()
            if by_requests and not error.fault.may_have_arrived:
                # What was refused would be refused again: what was taken is kept, and the difference made anew.
                known = record(delivery, self.connection.id, known, ledger, by_requests=True, now=now)
            return self._faulted(known, self._recorded(error))
        if not is_whole:
            words = "the partner still works on taking back those who leave, nobody is added before"
            return AudienceOutcome(self.audience_id, "waiting", words)
        now = self.dispatch.now()
        record(delivery, self.connection.id, known, ledger, by_requests=by_requests, now=now)
        manifests = tuple(read_manifest(file.manifest) for file in delivery.files)
        return AudienceOutcome(self.audience_id, "delivered", files=manifests)

    def _recorded(self, error: DeliveryError) -> RecordedFault:
        fault = error.fault
        return RecordedFault(fault.reason, fault.message, fault.next_step, self.dispatch.now())

    def _faulted(self, known: ReceivedAudience, fault: RecordedFault) -> AudienceOutcome:
        self.dispatch.ledger.record(self.connection.id, replace(known, fault=fault))
        return AudienceOutcome(self.audience_id, "faulted", fault.message, fault=fault, is_new_fault=True)

    @property
    def _output(self) -> Output:
        return self.definitions.output(self.connection.output)

    @property
    def _longest_work(self) -> timedelta | None:
        """How long the partner may work on what it took, None where that is all taken at once."""
        api = partner_named(self._output.partner).api
        is_posted = isinstance(self._output.destination, HttpApi)
        return api.jobs.longest if is_posted and api is not None and api.jobs is not None else None

    @property
    def _outbox(self) -> Path:
        return outbox_of(self.dispatch, self.connection.id, self.audience_id, self.connection.variant)

    def _beside(self, what: str) -> Path:
        """A folder for what is prepared and not sent."""
        return self._outbox.with_name(f"{self._outbox.name}.{what}")

    def _requests(self, known: ReceivedAudience, *, empties: bool = False) -> tuple[ExportRequest, ...]:
        """One for each file of the partner that any identity type of the connection goes to.

        Where it `empties`, by the names under which they were sent.
        """
        output, connection = self._output, self.connection
        partner = partner_named(output.partner)
        name = partner_facing_name(self.definitions.audience(self.audience_id), connection.variant)
        requests = []
        for file in chosen_files(partner, output):
            before = known.list_of(file.kind)
            sent_as = before.list_name if empties and before is not None else None
            requests.append(
                ExportRequest(
                    self.audience_id,
                    connection.variant,
                    self.as_of,
                    partner,
                    file,
                    sent_as or name,
                    connection.identities,
                    output.region or self.definitions.project.default_region,
                    connection.mode,
                    known.times_sent(self.as_of),
                    output.withholding,
                    connection.user_attributes,
                )
            )
        return tuple(request for request in requests if request.identity_types)
