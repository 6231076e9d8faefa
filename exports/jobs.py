"""What became of the work that goes on at a partner, asked about before anything more is sent (partners.md, B11, B27)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from exports.delivery.faults import DeliveryError, Fault
from exports.ledger.records import RecordedFault
from exports.outbox import Over
from exports.partners.jobs import Ended, Failed, Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from exports.ledger.records import DeliveredFile, DeliveredJob, ReceivedAudience
    from exports.outbox import OutboxDelivery
    from exports.partners.jobs import JobState

_ANEW = "put right what the partner says, then `milepost resync` sends everything anew"
_AGAIN = "put right what the partner says, then `milepost resume` sends what it did not take again"
_UNKNOWN = "see there what became of it, then `milepost resume`, or `milepost resync` where it was not taken"


def after_jobs(
    known: ReceivedAudience, state: Callable[[str], JobState], longest: timedelta, now: datetime
) -> ReceivedAudience:
    """What is known of an audience once `state` has told of its jobs, up to the first that goes on.

    Those that ended are gone, and the rows that they refused are counted. One that failed, or goes on for longer than
    `longest`, is a fault.
    """
    left: list[DeliveredJob] = []
    for job in known.jobs:
        # One that goes on is enough to wait for.
        match Running() if left else state(job.job):
            case Running():
                if now - job.since <= longest:
                    left.append(job)
                    continue
                known = replace(
                    known, fault=RecordedFault("refused", _endless(job.file_name, longest), _UNKNOWN, now)
                )
            case Ended(refused):
                known = replace(known, files=tuple(_less(file, job, refused) for file in known.files))
            case Failed(words):
                message = _in_vain(job.file_name, words)
                known = replace(known, fault=RecordedFault("refused", message, _ANEW, now))
            case unknown:
                assert_never(unknown)
    return replace(known, jobs=tuple(left))


def removals_have_ended(
    delivery: OutboxDelivery,
    number: int,
    state: Callable[[str], JobState],
    longest: timedelta,
    now: datetime,
) -> bool:
    """Whether the partner's work on the removals of a file that it took is over. What became of each is noted.

    Work of several requests may go on at once, so that whoever is added could be taken off by a removal that was posted
    before (B11). DeliveryError where it failed, goes on for longer than `longest`, or the partner does not say.
    """
    file = delivery.files[number]
    for taken in delivery.taken():
        if (
            taken.file != number
            or taken.request is None
            or file.requests[taken.request].operation != "remove"
        ):
            continue
        for job in taken.jobs:
            match _heard(delivery, job, state):
                case Running():
                    if now - taken.at <= longest:
                        return False
                    delivery.note(Over(job, 0))
                    raise DeliveryError(Fault("refused", _endless(file.name, longest), _UNKNOWN))
                case Ended(refused):
                    delivery.note(Over(job, refused))
                case Failed(words):
                    delivery.note(Over(job, None))
                    raise DeliveryError(Fault("refused", _in_vain(file.name, words), _AGAIN))
                case unknown:
                    assert_never(unknown)
    return True


def _heard(delivery: OutboxDelivery, job: str, state: Callable[[str], JobState]) -> JobState:
    try:
        return state(job)
    except DeliveryError as error:
        if error.fault.reason == "refused":
            # Of work that the partner does not know nothing is to be heard the next time either.
            delivery.note(Over(job, 0))
        raise


def _endless(file_name: str, longest: timedelta) -> str:
    return f"its work on {file_name} has not ended after {longest.days} days"


def _in_vain(file_name: str, words: tuple[str, ...]) -> str:
    said = "; ".join(words) or "it does not say why"
    return f"it took a request of {file_name}, and then none of its rows: {said}"


def _less(file: DeliveredFile, job: DeliveredJob, refused: int) -> DeliveredFile:
    if file.file_name != job.file_name:
        return file
    refused = min(refused, file.accepted)
    return replace(file, accepted=file.accepted - refused, rejected=file.rejected + refused)
