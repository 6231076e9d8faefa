"""Criteria of devices, locations and attributions whose operands come near what a world has."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.support.oracle.places import DEVICE_FIELDS, PLACE_FIELDS, PLACE_KINDS, centre, km_between

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from tests.support.generated_operators import Operators
    from tests.support.oracle.profiles import Profile
    from tests.support.oracle.records import Value

_KINDS = {"os_version": "version", "dma": "number", "postal_code": "number"}
_CENTRES: tuple[Any, ...] = (
    *("Paris, FR", "Paris, TX, US", "Lyon, FR", "Munich, DE"),
    *(
        {"lat": 48.8, "lon": 2.13},
        {"lat": 0, "lon": "-180"},
        {"lat": Decimal("-89.5"), "lon": 0},
        {"lat": 0, "lon": 0},
    ),
)
_KILOMETRES = (1, Decimal("0.5"), 12, 20, 25, 50, 60, 100, 400, 7_000, 10_010, 19_000, 20_016)


class Places:
    """Draws criteria of the kinds in PLACE_KINDS."""

    kinds = PLACE_KINDS

    def __init__(self, random: Random, operators: Operators, profiles: Iterable[Profile]) -> None:
        self.random = random
        self.operators = operators
        known = list(profiles)
        self.points = sorted({profile.point for profile in known if profile.point is not None})
        self.values: dict[tuple[str, str], list[Value]] = {}
        for name in DEVICE_FIELDS:
            self.values["device", name] = [
                device[name] for profile in known for device in profile.devices.values() if name in device
            ]
        for place, name in enumerate(PLACE_FIELDS):
            self.values["location", name] = [profile.place[place] for profile in known if profile.place]
        for place, name in enumerate(("publisher", "campaign")):
            self.values["attribution", name] = [
                told[place] for profile in known for told in profile.attributions.values()
            ]

    def criterion(self, kind: str) -> dict[str, Any]:
        """The body of a criterion."""
        random = self.random
        names = [name for known, name in self.values if known == kind]
        if kind == "location" and random.random() < 0.6:
            chosen = random.sample(names, random.choice([0, 0, 1]))
            body: dict[str, Any] = {"within": self._circle()}
        else:
            chosen = random.sample(names, random.choice([1, 1, 2]))
            body = {"on": random.choice(["install", "uninstall"])} if kind == "attribution" else {}
        # Two negatives forbid each of their values on any row, not only both on one.
        is_forbidding = len(chosen) > 1 and random.random() < 0.4
        for name in chosen:
            values = [value for value in self.values[kind, name] if value is not None]
            if is_forbidding:
                body[name] = {"not_exact": self.operators.text_operand(values)}
            else:
                body[name] = self.operators.for_values(_KINDS.get(name, "text"), values)
        return body

    def _circle(self) -> dict[str, Any]:
        """A circle with no place so near its edge that the last digit of a sine would decide."""
        of = self.random.choice(_CENTRES)
        far = [km_between(point, centre(of)) for point in self.points]
        usable = [km for km in _KILOMETRES if all(abs(each - float(km)) > 1e-6 * float(km) for each in far)]
        return {"km": self.random.choice(usable), "of": of}
