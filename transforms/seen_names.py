"""The names that the lake has ever seen, in one small file beside it: what criteria can name.

`<data>/lake/names.json` is written by ingest, in the transaction that brings the events into the lake. It has names
and kinds of values alone: never a value of a user. Names of products, brands and categories are names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Where the file lies, below the data folder.
PLACE = "lake/names.json"
#: Names of one topic. With more, senders make names up (an id in each), and the topic is not kept.
MOST_NAMES = 10_000
#: Characters of a name. What is longer is no name that anybody writes, and is not kept.
LONGEST_NAME = 200

#: What there are names of. A name has parts: those of `events` are event type and name, of `event_attributes` the
#: same with the attribute, of `user_attributes` workspace and attribute; all others have one.
Topic = Literal[
    "events",
    "event_attributes",
    "product_attributes",
    "promotion_attributes",
    "products",
    "brands",
    "categories",
    "user_attributes",
]
TOPICS: tuple[Topic, ...] = get_args(Topic)

#: A name in its parts, as sent, and what its values were read as: `text` for each that is no list, and of
#: `boolean`, `date`, `list`, `number`, `version` all that a value may have been.
Names = Mapping[tuple[str, ...], frozenset[str]]


@dataclass(frozen=True)
class SeenNames:
    """Names by topic. A topic in `too_many` has none, and nothing is known of it."""

    names: Mapping[Topic, Names] = field(default_factory=dict)
    too_many: frozenset[Topic] = frozenset()

    def knows(self, topic: Topic) -> bool:
        """Whether a name that is not here was never seen."""
        return topic not in self.too_many

    def under(self, topic: Topic, *first: str) -> dict[str, frozenset[str]]:
        """The last parts of the names that begin with `first`, with what their values were read as."""
        found = self._under.get(topic)
        if found is None:
            found = self._under[topic] = _by_beginning(self.names.get(topic, {}))
        return found.get(first, {})

    @cached_property
    def _under(self) -> dict[Topic, dict[tuple[str, ...], dict[str, frozenset[str]]]]:
        """The names of the topics that were asked for, by what they begin with."""
        return {}

    def joined(self, other: SeenNames) -> SeenNames:
        """What either has seen."""
        names: dict[Topic, Names] = {}
        too_many = set(self.too_many | other.too_many)
        for topic in TOPICS:
            mine, theirs = self.names.get(topic, {}), other.names.get(topic, {})
            both = {
                name: mine.get(name, frozenset()) | theirs.get(name, frozenset()) for name in (*mine, *theirs)
            }
            if len(both) > MOST_NAMES:
                too_many.add(topic)
            if topic not in too_many:
                names[topic] = both
        return SeenNames(names, frozenset(too_many))

    def text(self) -> str:
        """The file's content: the same bytes for the same names."""
        content = {
            topic: None
            if topic in self.too_many
            else sorted([*name, sorted(kinds)] for name, kinds in self.names.get(topic, {}).items())
            for topic in TOPICS
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _by_beginning(names: Names) -> dict[tuple[str, ...], dict[str, frozenset[str]]]:
    found: dict[tuple[str, ...], dict[str, frozenset[str]]] = {}
    for name, kinds in names.items():
        for length in range(len(name)):
            beginning = found.setdefault(name[:length], {})
            beginning[name[-1]] = beginning.get(name[-1], kinds) | kinds
    return found


def seen_names(topics: Mapping[Topic, Iterable[tuple[tuple[str, ...], Iterable[str]]]]) -> SeenNames:
    """Names of each topic with what their values were read as."""
    return SeenNames().joined(
        SeenNames(
            {topic: {name: frozenset(kinds) for name, kinds in found} for topic, found in topics.items()}
        )
    )


def read_seen_names(data: Path) -> SeenNames | None:
    """What the data folder says was seen; None where it says nothing, or nothing that can be read."""
    try:
        content = json.loads((data / PLACE).read_text("utf-8"))
        # The few sets of readings that there are stand once in memory, not once a name.
        sets: dict[tuple[str, ...], frozenset[str]] = {}
        names: dict[Topic, Names] = {
            topic: {
                tuple(name): sets.setdefault(tuple(kinds), frozenset(kinds))
                for *name, kinds in content[topic]
            }
            for topic in TOPICS
            if content[topic] is not None
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return SeenNames(names, frozenset(topic for topic in TOPICS if topic not in names))
