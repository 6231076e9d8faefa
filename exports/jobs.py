"""What became of the work that goes on at a partner, asked about before anything more is sent (partners.md, B11, B27)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from exports.ledger.records import RecordedFault
from exports.partners.jobs import Ended, Failed, Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from exports.ledger.records import DeliveredFile, DeliveredJob, ReceivedAudience
    from exports.partners.jobs import JobState

_ANEW = "put right what the partner says, then `milepost resync` sends everything anew"
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
                words = f"its work on {job.file_name} has not ended after {longest.days} days"
                known = replace(known, fault=RecordedFault("refused", words, _UNKNOWN, now))
            case Ended(refused):
                known = replace(known, files=tuple(_less(file, job, refused) for file in known.files))
            case Failed(words):
                said = "; ".join(words) or "it does not say why"
                message = f"it took a request of {job.file_name}, and then none of its rows: {said}"
                known = replace(known, fault=RecordedFault("refused", message, _ANEW, now))
            case unknown:
                assert_never(unknown)
    return replace(known, jobs=tuple(left))


def _less(file: DeliveredFile, job: DeliveredJob, refused: int) -> DeliveredFile:
    if file.file_name != job.file_name:
        return file
    refused = min(refused, file.accepted)
    return replace(file, accepted=file.accepted - refused, rejected=file.rejected + refused)
