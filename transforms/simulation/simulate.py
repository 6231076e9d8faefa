"""Seeded batches of events for tests, benchmarks, and people without data."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

from transforms.simulation.batches import Batch, batches_of_day
from transforms.simulation.faults import MALFORMED, Malformed
from transforms.simulation.plan import SimulatedFile, SimulationPlan, Tally
from transforms.simulation.rhythm import events_of_days
from transforms.simulation.vocabulary import Vocabulary, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A copy in the same file comes so many lines after its original.
LINES_BETWEEN_COPIES = 20

#: Counted over 200,000 events, batches that only say something of their user included.
EVENTS_PER_BATCH = 7.3


def simulate(plan: SimulationPlan) -> Iterator[SimulatedFile]:
    """One file a day, in order; the same bytes for the same plan. Memory does not grow with the plan.

    Every day is drawn on its own: a file's lines may be drawn, or not, before the next file's.
    """
    words = vocabulary(plan.event_names)
    counts = events_of_days(plan)
    for day in range(plan.days):
        tally = Tally()
        begins_at = plan.start + timedelta(days=day)
        yield SimulatedFile(
            name=f"events-{begins_at:%Y-%m-%d}.json",
            arrives_at=begins_at + timedelta(days=1),
            lines=_lines(plan, words, day, counts, tally),
            tally=tally,
        )


def _lines(
    plan: SimulationPlan, words: Vocabulary, day: int, counts: tuple[int, ...], tally: Tally
) -> Iterator[bytes]:
    """The day's batches with what goes wrong on the way: copies of some, and lines that are no batch."""
    random = Random(f"{plan.seed}/faults {day}")  # noqa: S311
    again: deque[Batch] = deque()
    for batch in _sent_again(plan, words, day, counts):
        yield _repeat(batch, tally)
    for batch in batches_of_day(plan, words, day, counts[day]):
        tally.batches += 1
        tally.events += batch.events
        if batch.is_late:
            tally.late_batches += 1
            tally.late_events += batch.events
        tally.lines += 1
        yield f"{batch.line}\n".encode()
        # Half of the copies come in the next day's file (_sent_again), half in this one.
        if batch.has_event_ids and random.random() < plan.duplicate_rate / 2:
            again.append(batch)
        if len(again) > LINES_BETWEEN_COPIES:
            yield _repeat(again.popleft(), tally)
        if random.random() < plan.malformed_rate:
            yield _spoil(random, batch, tally)
    for batch in again:
        yield _repeat(batch, tally)


def _sent_again(
    plan: SimulationPlan, words: Vocabulary, day: int, counts: tuple[int, ...]
) -> Iterator[Batch]:
    """The first batches of the day before, drawn anew: nothing has to be kept for them."""
    if day == 0:
        return
    copies = round(counts[day - 1] / EVENTS_PER_BATCH * plan.duplicate_rate / 2)
    yield from islice(batches_of_day(plan, words, day - 1, counts[day - 1]), copies)


def _repeat(batch: Batch, tally: Tally) -> bytes:
    tally.lines += 1
    tally.duplicate_batches += 1
    tally.duplicate_events += batch.events
    return f"{batch.line}\n".encode()


def _spoil(random: Random, batch: Batch, tally: Tally) -> bytes:
    fault: Malformed = MALFORMED[random.getrandbits(16) % len(MALFORMED)]
    tally.lines += 1
    if fault.bad_events:
        tally.batches += 1
        tally.bad_events += fault.bad_events
    else:
        tally.malformed += 1
    return fault.spoil(batch.line) + b"\n"
