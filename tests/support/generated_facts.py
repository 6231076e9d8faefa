"""What a world has, so that operands come near it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.oracle.profiles import Known
    from tests.support.oracle.records import Value


class Facts:
    """The values of every field that criteria can name, and when events were, by what was known at an instant."""

    def __init__(self, known: Known) -> None:
        self.event_values: dict[str, list[Value]] = defaultdict(list)
        self.line_values: dict[str, list[Value]] = defaultdict(list)
        self.user_values: dict[str, list[Value]] = defaultdict(list)
        self.batch_values: dict[str, list[Value]] = defaultdict(list)
        self.identity_values: dict[str, list[Value]] = defaultdict(list)
        self.instants: list[datetime] = []
        for _, event in known.events:
            self.instants.append(event.at)
            for name, value in {**event.attributes, **event.fields}.items():
                self.event_values[name].append(value)
            for name, value in event.batch_fields.items():
                self.batch_values[name].append(value)
            for line in (*event.products, *event.promotions):
                for name, value in line.items():
                    self.line_values[name.removeprefix("attribute.")].append(value)
        for profile in known.profiles.values():
            for key, (_, value) in profile.attributes.items():
                self.user_values[key].append(value)
            for identity_type, value in sorted(profile.identities):
                self.identity_values[identity_type].append(value)
