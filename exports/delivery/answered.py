"""What a partner said of the rows of one request, however many calls it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exports.partners.answers import Taken


@dataclass(frozen=True)
class Answer:
    """What became of a request's rows.

    `rejected` are the positions of those that the partner refused for good, in order; `unplaced`, how many more it
    refused without saying which. The others were accepted. `words` are its distinct reasons, without identifiers.
    `jobs`: what it calls the work that goes on there, which is asked about later.
    """

    rejected: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    unplaced: int = 0
    jobs: tuple[str, ...] = ()


@dataclass
class Progress:
    """What is known so far, over repeated and partial calls."""

    rejected: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    unplaced: int = 0
    jobs: list[str] = field(default_factory=list)
    may_have_arrived: bool = False

    def add(self, taken: Taken, positions: tuple[int, ...]) -> None:
        """Note an answer to the rows at `positions` of the whole request."""
        self.rejected.extend(positions[each] for each in taken.rejected)
        self.unplaced += taken.unplaced
        if taken.rejected or taken.unplaced:
            self.words.extend(taken.words)
        if taken.job is not None:
            self.jobs.append(taken.job)
        self.may_have_arrived |= len(taken.rejected) + len(taken.again) < len(positions)

    def answer(self, words: tuple[str, ...]) -> Answer:
        """The sum, with the words as they may be shown."""
        return Answer(tuple(sorted(self.rejected)), words, self.unplaced, tuple(self.jobs))
